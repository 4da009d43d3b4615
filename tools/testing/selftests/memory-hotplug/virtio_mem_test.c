// SPDX-License-Identifier: GPL-2.0
/*
 * A virtio-mem device that grows and shrinks at the host's request, idle and
 * under load.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "attr_guard.h"
#include "block_kind.h"
#include "block_range.h"
#include "expect_state.h"
#include "host_port.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "node_load.h"
#include "notifier_inject.h"
#include "online_policy.h"
#include "virtio_mem.h"

#define AUTO_ONLINE	SYSFS_MEMORY "/auto_online_blocks"
#define RESOURCE	"System RAM (virtio_mem)"
/* The driver takes and gives back whole blocks only. */
#define BIG_BLOCKS	"/sys/module/virtio_mem/parameters/force_bbm"

/* The driver adds no block when it would have more than this offline. */
#define OFFLINE_BYTES	0x40000000ULL

/* In which the driver has tried, without anybody seeing it. */
#define TRY_MS		2000

#define TEST_TIMEOUT_S	60

FIXTURE(virtio_mem) {
	const struct memory_blocks *blocks;
	struct host_port port;
	struct host_device device;
	struct block_range range;
	unsigned long long bytes;
};

FIXTURE_SETUP(virtio_mem)
{
	struct host_device all[HOST_DEVICES];
	const char *reason;
	int err, nr;

	self->port.fd = -1;
	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	err = host_port_open(&self->port, &reason);
	if (err == -ENODEV)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s: %s", reason, errname(err), self->port.answer);
	}
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	ASSERT_EQ(0U, attr_guard_restore());
	ASSERT_LT(0, attr_write(AUTO_ONLINE, "offline", strlen("offline")));

	nr = host_devices(&self->port, all);
	ASSERT_LE(0, nr);
	while (nr-- && !self->device.id[0])
		if (!all[nr].dimm && !all[nr].size)
			self->device = all[nr];
	if (!self->device.id[0])
		SKIP(return, "no virtio-mem device without memory");
	self->bytes = self->blocks->pages * sysconf(_SC_PAGESIZE);
	self->range = block_range_within(self->device.addr, self->device.max);
	if (self->range.nr < 2)
		SKIP(return, "%s has fewer than two blocks", self->device.id);
	/* What a test uses are its first two blocks. */
	self->range.nr = 2;
	/* The guest removes a block when the host has taken its memory. */
	ASSERT_EQ(0, block_range_wait(&self->range, 0));
}

FIXTURE_TEARDOWN(virtio_mem)
{
	EXPECT_EQ(0U, notifier_inject_restore());
	EXPECT_EQ(0, host_port_close(&self->port)) {
		TH_LOG("not put back: %s", self->port.answer);
	}
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
	EXPECT_EQ(0U, attr_guard_restore());
}

/* Ask for a size. */
static void request(struct __test_metadata *_metadata, struct host_port *port,
		    const char *id, unsigned long long size)
{
	int err = host_resize(port, id, size);

	ASSERT_EQ(0, err) {
		TH_LOG("%s to %llu bytes: %s: %s", id, size, errname(err),
		       port->answer);
	}
}

/* Ask for a size, and wait until the device and its blocks have it. */
static void resize(struct __test_metadata *_metadata, struct host_port *port,
		   const char *id, const struct block_range *range,
		   unsigned long long size)
{
	int err = virtio_mem_resize(port, id, range, size);

	ASSERT_EQ(0, err) {
		TH_LOG("%s to %llu bytes, has %u blocks: %s: %s", id, size,
		       block_range_here(range), errname(err), port->answer);
	}
}

static void write_state(struct __test_metadata *_metadata, unsigned long id,
			const char *state)
{
	int err = memory_block_write(id, "state", state);

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu/state: write \"%s\": %s", id, state,
		       errname(err));
	}
}

static struct zone_pages movable_pages(struct __test_metadata *_metadata,
				       int node)
{
	struct zone_pages pages;
	int err = zone_pages_read(node, ZONE_MOVABLE, &pages);

	ASSERT_EQ(0, err) {
		TH_LOG("node %d: zone " ZONE_MOVABLE ": %s", node, errname(err));
	}
	return pages;
}

/*
 * Counters of the node's ZONE_MOVABLE, so many pages more than before. What the
 * host has given to a block that is online, the page allocator gets later.
 */
static void expect_pages(struct __test_metadata *_metadata, int node,
			 const struct zone_pages *before, unsigned long present,
			 unsigned long managed)
{
	const long long end = now_ms() + RETRY_MS;
	struct zone_pages now = movable_pages(_metadata, node);

	while (now.managed < before->managed + managed && now_ms() < end) {
		nap();
		now = movable_pages(_metadata, node);
	}
	ASSERT_EQ(before->present + present, now.present);
	ASSERT_EQ(before->managed + managed, now.managed) {
		TH_LOG("node %d: managed: %lu, expected %lu + %lu", node,
		       now.managed, before->managed, managed);
	}
}

/*
 * The device grows by two blocks. They are offline, on its node, and its
 * driver's memory in the resource tree; the firmware map does not have them.
 * They go online, and are used; the host wants all back, and gets it while
 * processes use the memory and read sysfs. No data is lost, nothing is left.
 */
TEST_F(virtio_mem, grows_and_shrinks_under_load)
{
	const struct block_range *range = &self->range;
	const unsigned long pages = self->blocks->pages;
	const int node = self->device.node;
	struct zone_pages before = movable_pages(_metadata, node);
	struct node_load *load;
	unsigned long id;
	int err;

	resize(_metadata, &self->port, self->device.id, range, 2 * self->bytes);
	EXPECT_TRUE(iomem_find(range, RESOURCE));
	EXPECT_FALSE(firmware_map_find(range, "System RAM"));
	for (id = range->first; id < range->first + range->nr; id++) {
		expect_state(_metadata, id, "offline");
		write_state(_metadata, id, "online_movable");
	}
	expect_pages(_metadata, node, &before, 2 * pages, 2 * pages);

	load = node_load_start(node);
	ASSERT_NE(NULL, load) {
		TH_LOG("load: %s", strerror(errno));
	}
	EXPECT_LT(0UL, load->placed);
	resize(_metadata, &self->port, self->device.id, range, 0);
	err = node_load_go_round(load);
	EXPECT_EQ(0, err) {
		TH_LOG("load: %s", errname(err));
	}
	EXPECT_EQ(0UL, load->wrong);
	node_load_stop(load);

	EXPECT_FALSE(iomem_find(range, RESOURCE));
	expect_pages(_metadata, node, &before, 0, 0);
}

/*
 * Half a block: the block is there, with all its pages present, but the page
 * allocator has only what is plugged; online, it follows the host's requests up
 * and down. An offline and an online by the user do not give it more.
 */
TEST_F(virtio_mem, part_of_a_block)
{
	const struct block_range *range = &self->range;
	const unsigned long pages = self->blocks->pages;
	const int node = self->device.node;
	struct zone_pages before = movable_pages(_metadata, node);

	resize(_metadata, &self->port, self->device.id, range, self->bytes / 2);
	write_state(_metadata, range->first, "online_movable");
	expect_pages(_metadata, node, &before, pages, pages / 2);

	EXPECT_EQ(0, memory_block_offline(range->first));
	expect_pages(_metadata, node, &before, 0, 0);
	write_state(_metadata, range->first, "online_movable");
	expect_pages(_metadata, node, &before, pages, pages / 2);

	resize(_metadata, &self->port, self->device.id, range, self->bytes);
	expect_pages(_metadata, node, &before, pages, pages);
	resize(_metadata, &self->port, self->device.id, range, self->bytes / 4);
	expect_pages(_metadata, node, &before, pages, pages / 4);
	resize(_metadata, &self->port, self->device.id, range, self->bytes / 2);
	expect_pages(_metadata, node, &before, pages, pages / 2);
	resize(_metadata, &self->port, self->device.id, range, 0);
	expect_pages(_metadata, node, &before, 0, 0);
}

/* What a write must return while somebody else's notifier refuses. */
static void veto(struct __test_metadata *_metadata, unsigned long id,
		 const char *state, const char *action)
{
	int err;

	ASSERT_EQ(0, notifier_inject_set(action, EBUSY));
	err = memory_block_write(id, "state", state);
	ASSERT_EQ(-EBUSY, err) {
		TH_LOG("memory%lu/state: write \"%s\", vetoed: %s", id, state,
		       errname(err));
	}
	ASSERT_EQ(0, notifier_inject_set(action, 0));
}

/*
 * The driver, told that a block would go online or offline, is told as well that
 * somebody else did not let it: the next attempt works, and the device follows
 * the host as before. That also goes for the part of the block that the host has
 * taken back.
 */
TEST_F_TIMEOUT(virtio_mem, veto_leaves_block_usable, TEST_TIMEOUT_S)
{
	const struct block_range *range = &self->range;
	const unsigned long pages = self->blocks->pages;
	const int node = self->device.node;
	struct zone_pages before = movable_pages(_metadata, node);
	int err;

	err = notifier_inject_load(NOTIFIER_LAST);
	if (err == -ENOENT)
		SKIP(return, "no module memory-notifier-error-inject, or no debugfs");
	if (err == -EEXIST)
		SKIP(return, "memory-notifier-error-inject is not ours to load");
	ASSERT_EQ(0, err) {
		TH_LOG("memory-notifier-error-inject: %s", errname(err));
	}
	resize(_metadata, &self->port, self->device.id, range, self->bytes);

	veto(_metadata, range->first, "online_movable", "MEM_GOING_ONLINE");
	expect_pages(_metadata, node, &before, 0, 0);
	resize(_metadata, &self->port, self->device.id, range, self->bytes / 2);
	write_state(_metadata, range->first, "online_movable");
	expect_pages(_metadata, node, &before, pages, pages / 2);
	resize(_metadata, &self->port, self->device.id, range, self->bytes / 4);
	expect_pages(_metadata, node, &before, pages, pages / 4);

	veto(_metadata, range->first, "offline", "MEM_GOING_OFFLINE");
	expect_pages(_metadata, node, &before, pages, pages / 4);
	resize(_metadata, &self->port, self->device.id, range, self->bytes / 2);
	expect_pages(_metadata, node, &before, pages, pages / 2);
	EXPECT_EQ(0, memory_block_offline(range->first));
	resize(_metadata, &self->port, self->device.id, range, 0);
	expect_pages(_metadata, node, &before, 0, 0);
}

/*
 * The user may take a block of the device offline. The device keeps its size;
 * the host gets the block back as it is.
 */
TEST_F(virtio_mem, offline_block_is_given_back)
{
	const struct block_range *range = &self->range;
	struct host_device now;

	resize(_metadata, &self->port, self->device.id, range, 2 * self->bytes);
	write_state(_metadata, range->first, "online_movable");
	EXPECT_EQ(0, memory_block_offline(range->first));
	expect_state(_metadata, range->first, "offline");
	EXPECT_EQ(0, host_device_find(&self->port, self->device.id, &now));
	EXPECT_EQ(2 * self->bytes, now.size);

	resize(_metadata, &self->port, self->device.id, range, self->bytes);
	resize(_metadata, &self->port, self->device.id, range, 0);
}

/*
 * The driver adds no more blocks than the user puts online, up to a limit. What
 * has gone online does not count, however often.
 */
TEST_F_TIMEOUT(virtio_mem, online_block_makes_room, TEST_TIMEOUT_S)
{
	const struct block_range *range = &self->range;
	unsigned long long bytes;

	resize(_metadata, &self->port, self->device.id, range, self->bytes);
	for (bytes = 0; bytes < OFFLINE_BYTES; bytes += self->bytes) {
		write_state(_metadata, range->first, "online_movable");
		ASSERT_EQ(0, memory_block_offline(range->first));
	}
	resize(_metadata, &self->port, self->device.id, range, 2 * self->bytes);
	resize(_metadata, &self->port, self->device.id, range, 0);
}

/* Whether a kernel zone of the node may be used: nobody else does. */
static bool takes_kernel_zone(const struct memory_blocks *blocks, int node)
{
	struct memory_node what;

	return !memory_node_read(blocks, node, &what) &&
	       block_takes_kernel_zone(&what);
}

/*
 * Of a block in a kernel zone and one in ZONE_MOVABLE, the host gets the latter
 * first: it is the one that can be freed for sure.
 */
TEST_F(virtio_mem, movable_block_goes_first)
{
	const struct block_range *range = &self->range;
	const unsigned long movable = range->first, kernel = movable + 1;

	if (!takes_kernel_zone(self->blocks, self->device.node))
		SKIP(return, "node %d has boot memory or CPUs",
		     self->device.node);

	resize(_metadata, &self->port, self->device.id, range, 2 * self->bytes);
	write_state(_metadata, movable, "online_movable");
	write_state(_metadata, kernel, "online_kernel");
	resize(_metadata, &self->port, self->device.id, range, self->bytes);
	EXPECT_FALSE(block_here(movable));
	ASSERT_TRUE(block_here(kernel)) {
		TH_LOG("the block in the kernel zone is gone");
	}
	expect_state(_metadata, kernel, "online");
	resize(_metadata, &self->port, self->device.id, range, 0);
}

static bool has_big_blocks(void)
{
	char value[ATTR_LEN];

	return !attr_read(BIG_BLOCKS, value, sizeof(value)) && value[0] == 'Y';
}

/*
 * C2. A page that the kernel cannot move: the host gets the rest of the block,
 * or nothing if the driver only gives back whole ones, and the page is as it was.
 * When it is gone, a new request of the host brings the block back.
 */
TEST_F_TIMEOUT(virtio_mem, kernel_page_keeps_block, TEST_TIMEOUT_S)
{
	const struct block_range *range = &self->range;
	const int node = self->device.node;
	const bool whole = has_big_blocks();
	const unsigned long long most = whole ? self->bytes : self->bytes / 2;
	struct host_device now;
	long long end;
	char word = 0;
	int fds[2], err;

	if (!takes_kernel_zone(self->blocks, node))
		SKIP(return, "node %d has boot memory or CPUs", node);

	resize(_metadata, &self->port, self->device.id, range, self->bytes);
	write_state(_metadata, range->first, "online_kernel");
	err = kernel_page_get(node, fds);
	ASSERT_EQ(0, err) {
		TH_LOG("kernel page on node %d: %s", node, errname(err));
	}

	request(_metadata, &self->port, self->device.id, 0);
	end = now_ms() + (whole ? TRY_MS : WRITE_TIMEOUT_MS);
	do {
		ASSERT_EQ(0, host_device_find(&self->port, self->device.id,
					      &now));
		nap();
	} while (now_ms() < end && (whole || now.size > most));
	EXPECT_GE(most, now.size);
	EXPECT_LE(whole ? most : 1, now.size);
	expect_state(_metadata, range->first, "online");
	EXPECT_EQ(1, read(fds[0], &word, 1));
	EXPECT_EQ('k', word);
	close(fds[0]);
	close(fds[1]);

	/* The driver would try again by itself in a minute. */
	resize(_metadata, &self->port, self->device.id, range, self->bytes);
	resize(_metadata, &self->port, self->device.id, range, 0);
}

/*
 * "auto-movable": unlike other hotplugged memory, what this device has in a
 * kernel zone allows for more of its own in ZONE_MOVABLE: exactly so much more.
 * When it is offline, it does not.
 */
TEST_F(virtio_mem, kernel_block_allows_movable_one)
{
	const struct block_range *range = &self->range;
	const unsigned long pages = self->blocks->pages;
	struct policy_pages all;
	unsigned int alone, beside;
	char zone[ZONE_LEN];

	if (!policy_pages_early(self->blocks, &self->port))
		SKIP(return, "hotplugged memory in a kernel zone");
	ASSERT_LT(0, attr_write(POLICY, "auto-movable", 12));
	ASSERT_LT(0, attr_write(POLICY_NUMA_AWARE, "N", 1));
	ASSERT_EQ(0, policy_pages_read(&all));
	alone = policy_ratio(&all, pages);
	all.kernel += pages;
	beside = policy_ratio(&all, pages);
	ASSERT_LT(beside, alone);

	resize(_metadata, &self->port, self->device.id, range, 2 * self->bytes);
	ASSERT_EQ(0, policy_ratio_set(alone - 1));
	ASSERT_EQ(0, block_zone(range->first + 1, zone));
	EXPECT_STRNE(ZONE_MOVABLE, zone);

	write_state(_metadata, range->first, "online_kernel");
	ASSERT_EQ(0, policy_ratio_set(beside - 1));
	ASSERT_EQ(0, block_zone(range->first + 1, zone));
	EXPECT_STRNE(ZONE_MOVABLE, zone);
	ASSERT_EQ(0, policy_ratio_set(beside));
	ASSERT_EQ(0, block_zone(range->first + 1, zone));
	EXPECT_STREQ(ZONE_MOVABLE, zone);
	write_state(_metadata, range->first + 1, "online");
	ASSERT_EQ(0, block_zone(range->first + 1, zone));
	EXPECT_STREQ(ZONE_MOVABLE, zone);
	EXPECT_EQ(0, memory_block_offline(range->first + 1));
	EXPECT_EQ(0, memory_block_offline(range->first));

	ASSERT_EQ(0, policy_ratio_set(alone - 1));
	ASSERT_EQ(0, block_zone(range->first + 1, zone));
	EXPECT_STRNE(ZONE_MOVABLE, zone);
	ASSERT_EQ(0, policy_ratio_set(alone));
	ASSERT_EQ(0, block_zone(range->first + 1, zone));
	EXPECT_STREQ(ZONE_MOVABLE, zone);
	resize(_metadata, &self->port, self->device.id, range, 0);
}

int main(int argc, char **argv)
{
	static const char *const attrs[] = {
		AUTO_ONLINE, POLICY, POLICY_RATIO, POLICY_NUMA_AWARE,
	};

	attr_guard_enter(attrs, ARRAY_LEN(attrs));
	memory_guard_also(notifier_inject_restore);
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
