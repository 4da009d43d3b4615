// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that a driver adds: a dax device that is bound to kmem.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "attr_guard.h"
#include "block_range.h"
#include "dax_device.h"
#include "host_port.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "memory_objects.h"
#include "node_load.h"
#include "slow_offline.h"
#include "stall.h"
#include "worker.h"

#define AUTO_ONLINE	SYSFS_MEMORY "/auto_online_blocks"
#define TIERS		"/sys/devices/virtual/memory_tiering"
#define MEMMAP_PARAM	"/sys/module/memory_hotplug/parameters/memmap_on_memory"
#define RESOURCE	"System RAM (kmem)"

#define MAX_TIERS	8
#define TEST_TIMEOUT_S	60

/* Who does not end for so long waits. */
#define SETTLED_MS	1000

/* Of a struct page, where struct pages are put into the memory they are for. */
#define STRUCT_PAGE	64

FIXTURE(kmem) {
	const struct memory_blocks *blocks;
	struct block_range range;
	int node;
	bool lost;
	struct slow_offline slow;
	struct worker worker;
};

FIXTURE_SETUP(kmem)
{
	char node[ATTR_LEN];
	const char *reason;
	unsigned int i;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	if (!dax_device())
		SKIP(return, "no dax device is bound to kmem with all its memory offline");
	ASSERT_EQ(0U, attr_guard_restore());
	ASSERT_LT(0, attr_write(AUTO_ONLINE, "offline", strlen("offline")));
	if (!dax_device_bound(DAX_KMEM))
		ASSERT_LT(0, dax_driver_write(DAX_KMEM, "bind"));
	ASSERT_EQ(0, dax_device_read("target_node", node));
	ASSERT_EQ(0, dax_device_range(&self->range));
	self->node = atoi(node);
	ASSERT_LT(0U, self->range.nr);
	for (i = 0; i < self->range.nr; i++)
		ASSERT_EQ(0, memory_block_offline(self->range.first + i));
}

FIXTURE_TEARDOWN(kmem)
{
	EXPECT_EQ(0, slow_offline_end(&self->slow));
	EXPECT_EQ(0, workers_kill(&self->worker, 1));
	if (dax_device() && dax_device_bound(DAX_DEVICE))
		EXPECT_LT(0, dax_driver_write(DAX_DEVICE, "unbind"));
	if (dax_device() && !self->lost && !dax_device_bound(DAX_KMEM))
		EXPECT_LT(0, dax_driver_write(DAX_KMEM, "bind"));
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
	EXPECT_EQ(0U, attr_guard_restore());
}

static void online_all(struct __test_metadata *_metadata,
		       const struct block_range *range)
{
	unsigned int i;
	int err;

	for (i = 0; i < range->nr; i++) {
		err = memory_block_write(range->first + i, "state",
					 "online_movable");
		ASSERT_EQ(0, err) {
			TH_LOG("memory%lu: online_movable: %s",
			       range->first + i, errname(err));
		}
	}
}

static void offline_all(struct __test_metadata *_metadata,
			const struct block_range *range)
{
	unsigned int i;
	int err;

	for (i = 0; i < range->nr; i++) {
		err = memory_block_offline(range->first + i);
		ASSERT_EQ(0, err) {
			TH_LOG("memory%lu: offline: %s", range->first + i,
			       errname(err));
		}
	}
}

static struct zone_pages movable_pages(struct __test_metadata *_metadata,
				       int node)
{
	struct zone_pages pages;

	ASSERT_EQ(0, zone_pages_read(node, ZONE_MOVABLE, &pages));
	return pages;
}

static void expect_pages(struct __test_metadata *_metadata, int node,
			 const struct zone_pages *before, unsigned long present,
			 unsigned long managed)
{
	const struct zone_pages now = movable_pages(_metadata, node);

	EXPECT_EQ(before->present + present, now.present);
	EXPECT_EQ(before->managed + managed, now.managed);
}

/* "memory_tier4 0-3 ..." for all tiers, in the order of their names. */
static int read_tiers(char *tiers, size_t size)
{
	struct dirent **entries;
	char path[PATH_LEN + 64], nodes[ATTR_LEN];
	int i, nr;

	tiers[0] = '\0';
	nr = scandir(TIERS, &entries, NULL, alphasort);
	for (i = 0; i < nr; i++) {
		size_t len = strlen(tiers);

		snprintf(path, sizeof(path), TIERS "/%s/nodelist",
			 entries[i]->d_name);
		if (!attr_read(path, nodes, sizeof(nodes)))
			snprintf(tiers + len, size - len, "%s %s ",
				 entries[i]->d_name, nodes);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
	return nr;
}

/*
 * The device's memory is on its target node, as its driver's resource, and in no
 * firmware map. Online it is used like any other; it goes offline under load;
 * counters and memory tiers follow.
 */
TEST_F(kmem, online_then_offline)
{
	const struct block_range *range = &self->range;
	const unsigned long pages = range->nr * self->blocks->pages;
	struct zone_pages before = movable_pages(_metadata, self->node);
	char tiers[1024], now[1024];
	struct node_load *load;
	unsigned long id;

	EXPECT_EQ(range->nr, block_range_here(range));
	EXPECT_TRUE(iomem_find(range, RESOURCE));
	EXPECT_FALSE(firmware_map_find(range, "System RAM"));
	for (id = range->first; id < range->first + range->nr; id++)
		EXPECT_TRUE(memory_block_node_link(id, self->node));

	read_tiers(tiers, sizeof(tiers));
	online_all(_metadata, range);
	expect_pages(_metadata, self->node, &before, pages, pages);
	EXPECT_EQ(1, memory_node_listed("has_memory", self->node));
	load = node_load_start(self->node);
	ASSERT_NE(NULL, load);
	EXPECT_LT(0UL, load->placed);
	offline_all(_metadata, range);
	EXPECT_EQ(0, node_load_go_round(load));
	EXPECT_EQ(0UL, load->wrong);
	node_load_stop(load);
	expect_pages(_metadata, self->node, &before, 0, 0);
	read_tiers(now, sizeof(now));
	EXPECT_STREQ(tiers, now);
}

/*
 * Unbound with all blocks offline, the device takes its memory away; bound
 * again, it brings it back, on the same node, time after time. Nothing of the
 * earlier times is left, as far as the kernel records who allocated what.
 */
TEST_F(kmem, unbind_removes_and_bind_adds)
{
	const struct block_range *range = &self->range;
	const int resources = iomem_count(range);
	const long objects = memory_objects();
	unsigned long id;
	int round;

	ASSERT_LT(0, resources);
	ASSERT_NE(0, objects);
	for (round = 0; round < 3; round++) {
		EXPECT_LT(0, dax_driver_write(DAX_KMEM, "unbind"));
		EXPECT_EQ(0U, block_range_here(range));
		EXPECT_FALSE(iomem_find(range, RESOURCE));
		for (id = range->first; id < range->first + range->nr; id++)
			EXPECT_FALSE(block_node_entry(id, self->node));

		EXPECT_LT(0, dax_driver_write(DAX_KMEM, "bind"));
		EXPECT_EQ(range->nr, block_range_here(range));
		EXPECT_TRUE(iomem_find(range, RESOURCE));
		EXPECT_EQ(resources, iomem_count(range)) {
			TH_LOG("round %d: %d resources, %d before", round,
			       iomem_count(range), resources);
		}
		for (id = range->first; id < range->first + range->nr; id++)
			EXPECT_TRUE(memory_block_node_link(id, self->node));
	}
	EXPECT_EQ(objects, memory_objects()) {
		TH_LOG("%ld objects for memory blocks, %ld before", memory_objects(),
		       objects);
	}
}

/*
 * memmap_on_memory of the device: cannot be changed while it is bound. If the
 * kernel has it off, it cannot be switched on at all. Else each block keeps its
 * own struct pages, so that the page allocator gets less.
 */
TEST_F(kmem, memmap_on_memory)
{
	const unsigned long memmap = self->blocks->pages * STRUCT_PAGE /
				     sysconf(_SC_PAGESIZE);
	const unsigned long pages = self->range.nr * self->blocks->pages;
	struct zone_pages before = movable_pages(_metadata, self->node);
	char value[ATTR_LEN], old[ATTR_LEN];
	bool on;

	if (dax_device_read("memmap_on_memory", old))
		SKIP(return, "no memmap_on_memory for %s", dax_device());
	on = !attr_read(MEMMAP_PARAM, value, sizeof(value)) && value[0] != 'N';

	EXPECT_EQ(-EINVAL, dax_device_write("memmap_on_memory", "maybe"));
	EXPECT_EQ(on ? -EBUSY : -EOPNOTSUPP,
		  dax_device_write("memmap_on_memory", old[0] == '1' ? "0" : "1"));
	EXPECT_LT(0, dax_driver_write(DAX_KMEM, "unbind"));
	EXPECT_EQ(on ? 1 : -EOPNOTSUPP, dax_device_write("memmap_on_memory", "1"));
	EXPECT_LT(0, dax_driver_write(DAX_KMEM, "bind"));

	online_all(_metadata, &self->range);
	expect_pages(_metadata, self->node, &before, pages,
		     pages - (on ? self->range.nr * memmap : 0));
	offline_all(_metadata, &self->range);
	expect_pages(_metadata, self->node, &before, 0, 0);

	EXPECT_LT(0, dax_driver_write(DAX_KMEM, "unbind"));
	EXPECT_EQ(0U, block_range_here(&self->range));
	EXPECT_EQ(1, dax_device_write("memmap_on_memory", old));
	EXPECT_LT(0, dax_driver_write(DAX_KMEM, "bind"));
}

/* What a driver is told about the device. */
struct order {
	const char *driver;
	const char *file;
};

/* A worker: tells it. */
static int tell(struct progress *progress, void *arg)
{
	const struct order *order = arg;
	ssize_t ret;

	progress_begin(progress, "%s: %s", order->driver, order->file);
	ret = dax_driver_write(order->driver, order->file);
	progress_step(progress);
	return ret < 0 ? ret : 0;
}

/* Starts it, and waits until it waits in a function of the kernel. */
static void tell_and_wait(struct __test_metadata *_metadata,
			  struct worker *worker, struct order *order,
			  const char *function)
{
	const long long end = now_ms() + SETTLED_MS;
	int err;

	ASSERT_EQ(0, worker_start(worker, order->file, tell, order));
	err = stall_wait_in(worker->pid, function, STALL_MS);
	ASSERT_EQ(0, err) {
		TH_LOG("%s %s does not wait in %s(): %s", order->driver,
		       order->file, function, errname(err));
	}
	/* It may have been on its way through. */
	while (worker_running(worker) && now_ms() < end)
		nap();
	ASSERT_TRUE(worker_running(worker)) {
		TH_LOG("%s %s does not wait for an offline", order->driver,
		       order->file);
	}
}

/* A slow offline of a block that has nothing to do with the device. */
static const char *offline_elsewhere(struct __test_metadata *_metadata,
				     struct slow_offline *slow,
				     const struct memory_blocks *blocks,
				     int not)
{
	struct memory_node node;

	if (!stall_stack_readable())
		return "no /proc/PID/stack: CONFIG_STACKTRACE is not set";
	if (memory_node_find(blocks, true, &node) || node.id == not)
		return "no other node without boot memory";
	ASSERT_EQ(0, slow_offline_start(slow, blocks, node.id));
	return NULL;
}

/*
 * C7. Bound while a block elsewhere is on its way offline, the device waits, at
 * device_hotplug_lock: nothing of its memory is there before.
 */
TEST_F_TIMEOUT(kmem, bind_waits_for_slow_offline, TEST_TIMEOUT_S)
{
	const struct block_range *range = &self->range;
	struct order bind = { DAX_KMEM, "bind" };
	const char *reason;

	ASSERT_LT(0, dax_driver_write(DAX_KMEM, "unbind"));
	reason = offline_elsewhere(_metadata, &self->slow, self->blocks,
				   self->node);
	if (reason)
		SKIP(return, "%s", reason);

	tell_and_wait(_metadata, &self->worker, &bind,
		      "add_memory_driver_managed");
	ASSERT_TRUE(slow_offline_going(&self->slow));
	EXPECT_EQ(0U, block_range_here(range));
	EXPECT_FALSE(iomem_find(range, RESOURCE)) {
		TH_LOG("\"" RESOURCE "\" is there during an offline");
	}

	EXPECT_EQ(EINTR, slow_offline_abort(&self->slow));
	ASSERT_EQ(0, workers_join(&self->worker, 1));
	EXPECT_EQ(range->nr, block_range_here(range));
	EXPECT_TRUE(iomem_find(range, RESOURCE));
}

/*
 * C7. As a character device, the device is mapped, but has no memory blocks. Who
 * takes the mapping away does not have device_hotplug_lock, and waits for the
 * offline nevertheless, at mem_hotplug_lock.
 */
TEST_F_TIMEOUT(kmem, unmap_waits_for_slow_offline, TEST_TIMEOUT_S)
{
	struct order unbind = { DAX_DEVICE, "unbind" };
	const char *reason;

	ASSERT_LT(0, dax_driver_write(DAX_KMEM, "unbind"));
	/* That driver takes the device at once. */
	ASSERT_LT(0, dax_driver_write(DAX_DEVICE, "new_id"));
	EXPECT_LT(0, dax_driver_write(DAX_DEVICE, "remove_id"));
	ASSERT_TRUE(dax_device_bound(DAX_DEVICE));
	reason = offline_elsewhere(_metadata, &self->slow, self->blocks,
				   self->node);
	if (reason)
		SKIP(return, "%s", reason);

	tell_and_wait(_metadata, &self->worker, &unbind, "memunmap_pages");
	ASSERT_TRUE(slow_offline_going(&self->slow));
	EXPECT_EQ(EINTR, slow_offline_abort(&self->slow));
	ASSERT_EQ(0, workers_join(&self->worker, 1));
	EXPECT_FALSE(dax_device_bound(DAX_DEVICE));
}

/*
 * Unbound while one block is online, the device cannot take its memory away:
 * all of it stays, and stays usable; nobody can bind the device until the next
 * boot. So this is done in a guest that is made for tests, and nowhere else;
 * and last of all.
 */
TEST_F(kmem, unbind_while_online_keeps_memory)
{
	const struct block_range *range = &self->range;
	const unsigned long last = range->first + range->nr - 1;
	struct zone_pages before = movable_pages(_metadata, self->node);
	const int resources = iomem_count(range);
	struct host_port port;
	const char *reason;
	char state[ATTR_LEN];
	int err;

	err = host_port_open(&port, &reason);
	if (err == -ENODEV)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, err);
	EXPECT_EQ(0, host_port_close(&port));

	ASSERT_EQ(0, memory_block_write(last, "state", "online_movable"));
	EXPECT_LT(0, dax_driver_write(DAX_KMEM, "unbind"));
	EXPECT_FALSE(dax_device_bound(DAX_KMEM));
	EXPECT_EQ(range->nr, block_range_here(range));
	EXPECT_TRUE(iomem_find(range, RESOURCE));
	EXPECT_EQ(resources, iomem_count(range)) {
		TH_LOG("the driver has let go of its region");
	}
	ASSERT_EQ(0, memory_block_read(last, "state", state, sizeof(state)));
	EXPECT_STREQ("online", state);
	expect_pages(_metadata, self->node, &before, self->blocks->pages,
		     self->blocks->pages);
	EXPECT_EQ(-EBUSY, dax_driver_write(DAX_KMEM, "bind"));

	ASSERT_EQ(0, memory_block_offline(last));
	online_all(_metadata, range);
	offline_all(_metadata, range);
	expect_pages(_metadata, self->node, &before, 0, 0);
	self->lost = true;
}

int main(int argc, char **argv)
{
	static const char *const attrs[] = { AUTO_ONLINE };

	if (dax_device_find())
		attr_guard_at_end(DAX_DRIVERS "/" DAX_KMEM "/bind",
				  dax_device());
	attr_guard_enter(attrs, ARRAY_LEN(attrs));
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
