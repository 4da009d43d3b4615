// SPDX-License-Identifier: GPL-2.0
/*
 * pc-dimms that the host plugs and unplugs, and that the guest ejects, idle and
 * under load.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "attr_guard.h"
#include "block_range.h"
#include "dimm.h"
#include "expect_state.h"
#include "expected_failure.h"
#include "host_port.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "memory_objects.h"
#include "memory_snapshot.h"
#include "node_load.h"
#include "uevent.h"

#define AUTO_ONLINE	SYSFS_MEMORY "/auto_online_blocks"
#define MEMMAP_PARAM	"/sys/module/memory_hotplug/parameters/memmap_on_memory"

#define MAX_NODES	64
#define ROUNDS		3

/* Of a struct page, where struct pages are put into the memory they are for. */
#define STRUCT_PAGE	64

FIXTURE(dimm) {
	const struct memory_blocks *blocks;
	struct host_port port;
	struct memory_node node;
	unsigned long long bytes;
	int uevents;
};

FIXTURE_SETUP(dimm)
{
	const char *reason;
	int err;

	self->port.fd = -1;
	self->uevents = -1;
	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	reason = dimm_missing();
	if (reason)
		SKIP(return, "%s", reason);
	err = host_port_open(&self->port, &reason);
	if (err == -ENODEV)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s: %s", reason, errname(err), self->port.answer);
	}
	ASSERT_EQ(0, dimm_wait_all(&self->port));
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	ASSERT_LT(0, attr_write(AUTO_ONLINE, "offline", strlen("offline")));
	/* Its kernel zones are what the kernel takes memory from last. */
	err = memory_node_find(self->blocks, true, &self->node);
	if (err || self->node.cpus)
		SKIP(return, "no node without boot memory and CPUs");
	self->bytes = self->blocks->pages * sysconf(_SC_PAGESIZE);
}

FIXTURE_TEARDOWN(dimm)
{
	EXPECT_EQ(0, host_port_close(&self->port)) {
		TH_LOG("not put back: %s", self->port.answer);
	}
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
	attr_guard_restore();
	if (self->uevents >= 0)
		close(self->uevents);
}

static struct block_range plug(struct __test_metadata *_metadata,
			       struct host_port *port, int node,
			       unsigned long long size,
			       struct host_device *dimm)
{
	struct block_range range;
	int err = dimm_plug(port, node, size, dimm, &range);

	ASSERT_EQ(0, err) {
		TH_LOG("%llu bytes to node %d: %s: %s", size, node,
		       errname(err), port->answer);
	}
	return range;
}

static void unplug(struct __test_metadata *_metadata, struct host_port *port,
		   const struct host_device *dimm)
{
	int err = host_unplug_dimm(port, dimm->id);

	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s: %s", dimm->id, errname(err),
		       port->answer);
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

/* What a dimm leaves when it is gone: nothing. */
static void expect_gone(struct __test_metadata *_metadata,
			const struct block_range *range, int node)
{
	unsigned long id;

	EXPECT_EQ(0U, block_range_here(range));
	for (id = range->first; id < range->first + range->nr; id++)
		EXPECT_FALSE(block_node_entry(id, node));
	EXPECT_FALSE(iomem_find(range, "System RAM"));
	EXPECT_FALSE(firmware_map_find(range, "System RAM"));
}

/* A node's counters: the same before a dimm comes and after it has gone. */
struct node_pages {
	struct zone_pages movable;
	unsigned long kib;
};

static void read_pages(struct __test_metadata *_metadata, int node,
		       struct node_pages *pages)
{
	memset(pages, 0, sizeof(*pages));
	/* A node that does not exist has none. */
	if (memory_node_listed("online", node) < 1)
		return;
	ASSERT_EQ(0, zone_pages_read(node, ZONE_MOVABLE, &pages->movable));
	ASSERT_EQ(0, memory_node_total(node, &pages->kib));
}

static void expect_same_pages(struct __test_metadata *_metadata, int node,
			      const struct node_pages *before)
{
	struct node_pages after;

	read_pages(_metadata, node, &after);
	EXPECT_EQ(before->movable.present, after.movable.present);
	EXPECT_EQ(before->movable.managed, after.movable.managed);
	EXPECT_EQ(before->kib, after.kib);
}

/* All other blocks of a node, and the node with them, stay. */
static void expect_others_here(struct __test_metadata *_metadata,
			       const struct memory_blocks *blocks, int node)
{
	size_t i;

	for (i = 0; i < blocks->nr; i++) {
		const struct memory_block *block = &blocks->block[i];

		if (block->node == node)
			EXPECT_TRUE(memory_block_node_link(block->id, node)) {
				TH_LOG("memory%lu has lost node %d", block->id,
				       node);
			}
	}
}

/* How much of a block the page allocator does not get: its own struct pages. */
static unsigned long memmap_pages(unsigned long pages)
{
	char value[ATTR_LEN];

	if (attr_read(MEMMAP_PARAM, value, sizeof(value)) || value[0] == 'N')
		return 0;
	return pages * STRUCT_PAGE / sysconf(_SC_PAGESIZE);
}

/* What has been said about a block since the last call: "add offline ..." */
static void read_uevents(struct __test_metadata *_metadata, int fd,
			 unsigned long id, char *said, size_t size)
{
	struct uevent event;
	char devpath[64];
	int ret;

	said[0] = '\0';
	snprintf(devpath, sizeof(devpath), "/devices/system/memory/memory%lu",
		 id);
	while ((ret = uevent_next(fd, devpath, &event)) > 0) {
		const size_t len = strlen(said);

		snprintf(said + len, size - len, "%s%s", len ? " " : "",
			 event.action);
	}
	ASSERT_EQ(0, ret) {
		TH_LOG("uevents: %s", errname(ret));
	}
}

/*
 * A dimm may be plugged to any node. Its blocks are there, offline, on that
 * node and bound to the device; the resource tree and the firmware map have
 * the range. Online, a block gives the node all its pages, or all but those for
 * its own memmap. After an unplug of the offline dimm nothing is left of it, what
 * else the node has is still there, and user space has been told of all this; nor
 * anything in the kernel, as far as that records who allocated what.
 */
TEST_F(dimm, plug_to_every_node)
{
	const unsigned long pages = self->blocks->pages;
	struct node_pages before, online;
	struct host_device dimm;
	struct block_range range;
	char said[ATTR_LEN];
	unsigned long managed;
	long objects;
	int node;

	objects = memory_objects();
	ASSERT_NE(0, objects);
	self->uevents = uevent_open();
	ASSERT_LE(0, self->uevents);

	for (node = 0; node < MAX_NODES; node++) {
		if (memory_node_listed("possible", node) < 1)
			continue;
		read_pages(_metadata, node, &before);
		range = plug(_metadata, &self->port, node, self->bytes, &dimm);
		ASSERT_EQ(1U, range.nr);

		expect_state(_metadata, range.first, "offline");
		EXPECT_TRUE(memory_block_node_link(range.first, node)) {
			TH_LOG("node%d has no memory%lu", node, range.first);
		}
		EXPECT_TRUE(iomem_find(&range, "System RAM"));
		EXPECT_TRUE(firmware_map_find(&range, "System RAM"));

		write_state(_metadata, range.first, "online_movable");
		read_pages(_metadata, node, &online);
		managed = pages - memmap_pages(pages);
		EXPECT_EQ(before.movable.present + pages,
			  online.movable.present);
		EXPECT_EQ(before.movable.managed + managed,
			  online.movable.managed) {
			TH_LOG("node %d: managed %lu, then %lu: %lu pages, %lu of them memmap",
			       node, before.movable.managed,
			       online.movable.managed, pages,
			       pages - managed);
		}
		EXPECT_EQ(0, memory_block_offline(range.first));

		unplug(_metadata, &self->port, &dimm);
		expect_gone(_metadata, &range, node);
		expect_others_here(_metadata, self->blocks, node);
		expect_same_pages(_metadata, node, &before);
		read_uevents(_metadata, self->uevents, range.first, said, sizeof(said));
		EXPECT_STREQ("add online offline remove", said) {
			TH_LOG("node %d: memory%lu: uevents: %s", node,
			       range.first, said);
		}
	}
	EXPECT_EQ(objects, memory_objects()) {
		TH_LOG("%ld objects for memory blocks, %ld before", memory_objects(),
		       objects);
	}
}

/* Where the node's ZONE_MOVABLE is. */
static void expect_span(struct __test_metadata *_metadata, int node,
			unsigned long start, unsigned long pages,
			const char *when)
{
	static const char *const facts[] = { "start_pfn", "spanned" };
	const unsigned long expected[] = { start, pages };
	struct memory_snapshot snapshot;
	const char *value;
	char name[64];
	size_t i;

	ASSERT_EQ(0, memory_snapshot_take(&snapshot, 0));
	for (i = 0; i < ARRAY_LEN(facts); i++) {
		snprintf(name, sizeof(name), "node %d zone " ZONE_MOVABLE ": %s",
			 node, facts[i]);
		value = memory_snapshot_value(&snapshot, name);
		ASSERT_NE(NULL, value);
		EXPECT_EQ(expected[i], strtoul(value, NULL, 10)) {
			TH_LOG("%s: %s: %s, expected %lu", when, name, value,
			       expected[i]);
		}
	}
	memory_snapshot_free(&snapshot);
}

/*
 * A block of another zone lies between two of a zone. When the first or the last
 * one of these goes offline, the zone is where the other one is.
 */
TEST_F(dimm, zone_shrinks_to_its_own_blocks)
{
	const unsigned long pages = self->blocks->pages;
	const int node = self->node.id;
	struct block_range range;
	struct host_device dimm;
	unsigned long first, last, id;

	ASSERT_EQ(0, memory_node_offline(self->blocks, node, &id));
	range = plug(_metadata, &self->port, node, 3 * self->bytes, &dimm);
	ASSERT_EQ(3U, range.nr);
	first = range.first;
	last = first + 2;
	write_state(_metadata, first, "online_movable");
	write_state(_metadata, first + 1, "online_kernel");
	write_state(_metadata, last, "online_movable");
	expect_span(_metadata, node, first * pages, 3 * pages, "two blocks");

	EXPECT_EQ(0, memory_block_offline(first));
	expect_span(_metadata, node, last * pages, pages, "first block offline");
	write_state(_metadata, first, "online_movable");
	EXPECT_EQ(0, memory_block_offline(last));
	expect_span(_metadata, node, first * pages, pages, "last block offline");
	unplug(_metadata, &self->port, &dimm);
}

/* Wait until a block is said to have come. */
static bool added(int fd, unsigned long id, long long end)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct uevent event;
	char devpath[64];

	snprintf(devpath, sizeof(devpath), "/devices/system/memory/memory%lu",
		 id);
	while (now_ms() < end) {
		if (uevent_next(fd, devpath, &event) > 0)
			return !strcmp(event.action, "add");
		poll(&pfd, 1, end - now_ms());
	}
	return false;
}

/*
 * A block that user space is told of belongs to its node. On Linux 6.12, the
 * node comes later: until then, the kernel oopses when valid_zones is read. The
 * more blocks a dimm has, the longer that takes.
 */
TEST_F(dimm, block_is_announced_with_its_node)
{
	const int node = self->node.id, nr = 4;
	struct host_device dimm;
	struct block_range range;
	unsigned long id;
	int homeless = 0;
	long long end;

	/* The next one will be at the same address. */
	range = plug(_metadata, &self->port, node, nr * self->bytes, &dimm);
	unplug(_metadata, &self->port, &dimm);

	self->uevents = uevent_open();
	ASSERT_LE(0, self->uevents);
	ASSERT_EQ(0, host_send(&self->port, "plug-dimm node=%d size=%llu",
			       node, nr * self->bytes));
	end = now_ms() + WRITE_TIMEOUT_MS;
	for (id = range.first; id < range.first + range.nr; id++) {
		ASSERT_TRUE(added(self->uevents, id, end)) {
			TH_LOG("memory%lu: no uevent", id);
		}
		homeless += !block_node_entry(id, node);
	}
	ASSERT_EQ(0, host_answer(&self->port)) {
		TH_LOG("%s", self->port.answer);
	}
	snprintf(dimm.id, sizeof(dimm.id), "%.*s", HOST_ID - 1,
		 self->port.answer);
	ASSERT_EQ(0, dimm_wait_all(&self->port));
	unplug(_metadata, &self->port, &dimm);
	if (homeless)
		EXPECTED_FAILURE(return,
				 "%d of %d blocks are announced without a node",
				 homeless, nr);
}

/*
 * The host takes back a dimm that is online and in use: the kernel offlines its
 * blocks and ejects it. No data is lost, readers of sysfs meet no error, and
 * the counters are as before, time after time.
 */
TEST_F(dimm, unplug_under_load)
{
	const int node = self->node.id;
	struct node_pages before;
	struct host_device dimm;
	struct block_range range;
	struct node_load *load;
	int round, err;

	read_pages(_metadata, node, &before);
	for (round = 0; round < ROUNDS; round++) {
		range = plug(_metadata, &self->port, node, 2 * self->bytes,
			     &dimm);
		ASSERT_EQ(2U, range.nr);
		write_state(_metadata, range.first, "online_movable");
		write_state(_metadata, range.first + 1, "online_movable");

		load = node_load_start(node);
		ASSERT_NE(NULL, load) {
			TH_LOG("load: %s", strerror(errno));
		}
		EXPECT_LT(0UL, load->placed);

		err = host_unplug_dimm(&self->port, dimm.id);
		EXPECT_EQ(0, err) {
			TH_LOG("unplug: %s: %s", errname(err),
			       self->port.answer);
		}
		expect_gone(_metadata, &range, node);
		err = node_load_go_round(load);
		EXPECT_EQ(0, err) {
			TH_LOG("load: %s", errname(err));
		}
		EXPECT_EQ(0UL, load->wrong);
		node_load_stop(load);
		expect_same_pages(_metadata, node, &before);
	}
}

/*
 * C2. A page that the kernel cannot move is in the second block of a dimm: the
 * guest refuses to give the dimm back, and tells the host so. The first block,
 * which it had already put offline, is online again, in its default zone; the
 * second is where it was. With the page gone, the same request succeeds.
 */
TEST_F(dimm, unplug_refused_for_kernel_page)
{
	const int node = self->node.id;
	struct host_device dimm;
	struct block_range range;
	char zone[ZONE_LEN], now[ZONE_LEN], said[ATTR_LEN];
	char word = 0;
	int fds[2], err;

	self->uevents = uevent_open();
	ASSERT_LE(0, self->uevents);
	range = plug(_metadata, &self->port, node, 2 * self->bytes, &dimm);
	ASSERT_EQ(2U, range.nr);
	write_state(_metadata, range.first + 1, "online_kernel");
	ASSERT_EQ(0, block_zone(range.first, zone));
	write_state(_metadata, range.first, "online");
	err = kernel_page_get(node, fds);
	ASSERT_EQ(0, err) {
		TH_LOG("kernel page on node %d: %s", node, errname(err));
	}
	read_uevents(_metadata, self->uevents, range.first, said, sizeof(said));

	err = host_unplug_dimm(&self->port, dimm.id);
	EXPECT_EQ(-EREMOTEIO, err);
	EXPECT_NE(NULL, strstr(self->port.answer, "refused")) {
		TH_LOG("host: %s", self->port.answer);
	}
	expect_state(_metadata, range.first, "online");
	expect_state(_metadata, range.first + 1, "online");
	EXPECT_EQ(0, block_zone(range.first, now));
	EXPECT_STREQ(zone, now);
	/* It did not refuse before it tried. */
	read_uevents(_metadata, self->uevents, range.first, said, sizeof(said));
	EXPECT_STREQ("offline online", said);
	EXPECT_TRUE(memory_block_node_link(range.first, node));
	EXPECT_TRUE(memory_block_node_link(range.first + 1, node));
	EXPECT_TRUE(iomem_find(&range, "System RAM"));
	EXPECT_EQ(1, read(fds[0], &word, 1));
	EXPECT_EQ('k', word);

	close(fds[0]);
	close(fds[1]);
	unplug(_metadata, &self->port, &dimm);
	expect_gone(_metadata, &range, node);
}

/*
 * A page in ZONE_MOVABLE is pinned: the unplug goes on trying. Its block reads
 * going-offline, and the host waits. With the page unpinned, it succeeds.
 */
TEST_F(dimm, unplug_waits_for_pinned_page)
{
	const int node = self->node.id;
	struct host_device dimm;
	struct block_range range;
	int fds[2], err;

	range = plug(_metadata, &self->port, node, self->bytes, &dimm);
	write_state(_metadata, range.first, "online_movable");
	err = pinned_page_get(node, fds);
	ASSERT_EQ(0, err) {
		TH_LOG("pin a page on node %d: %s", node, errname(err));
	}

	ASSERT_EQ(0, host_send(&self->port, "unplug-dimm %s", dimm.id));
	err = block_state_wait(range.first, "going-offline");
	EXPECT_EQ(0, err);
	close(fds[0]);
	close(fds[1]);

	err = host_answer(&self->port);
	EXPECT_EQ(0, err) {
		TH_LOG("unplug: %s: %s", errname(err), self->port.answer);
	}
	expect_gone(_metadata, &range, node);
}

/*
 * The guest ejects a dimm that is online, by its ACPI device: the blocks go,
 * and so does the device on the host's side. A dimm that is plugged then gets
 * the place of the old one. What is no request to eject is refused.
 */
TEST_F(dimm, eject)
{
	const int node = self->node.id;
	struct host_device dimm, again;
	struct block_range range;
	char path[PATH_LEN];
	long long end;
	int err;

	range = plug(_metadata, &self->port, node, self->bytes, &dimm);
	write_state(_metadata, range.first, "online_movable");
	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/firmware_node/eject",
		 range.first);
	EXPECT_EQ(-EINVAL, attr_write(path, "0", 1));
	EXPECT_EQ(-EINVAL, attr_write(path, "eject", 5));
	expect_state(_metadata, range.first, "online");

	EXPECT_EQ(1, attr_write(path, "1", 1));
	EXPECT_EQ(0, block_range_wait(&range, 0)) {
		TH_LOG("memory%lu is still there", range.first);
	}
	end = now_ms() + WRITE_TIMEOUT_MS;
	do {
		err = host_device_find(&self->port, dimm.id, &again);
		if (err)
			break;
		nap();
	} while (now_ms() < end);
	EXPECT_EQ(-ENOENT, err) {
		TH_LOG("the host still has %s", dimm.id);
	}
	expect_gone(_metadata, &range, node);

	plug(_metadata, &self->port, node, self->bytes, &again);
	EXPECT_EQ(dimm.addr, again.addr);
	expect_state(_metadata, range.first, "offline");
	unplug(_metadata, &self->port, &again);
}

/*
 * C2. A node that has nothing but dimms goes with the last one, and comes back
 * with the first: its blocks can be used at once. Until then, its directory and
 * its bit in the mask of online nodes are gone.
 */
TEST_F(dimm, node_comes_and_goes)
{
	const int node = self->node.id;
	struct host_device all[HOST_DEVICES], dimm;
	struct block_range range;
	struct node_pages pages;
	char path[PATH_LEN];
	unsigned int left = self->node.candidates;
	int nr, i;

	nr = host_devices(&self->port, all);
	ASSERT_LT(0, nr);
	for (i = 0; i < nr; i++) {
		if (all[i].dimm && all[i].node == node)
			left -= all[i].size / self->bytes;
	}
	if (left)
		SKIP(return, "node %d has memory that is in no dimm", node);

	for (i = 0; i < nr; i++) {
		if (all[i].dimm && all[i].node == node)
			unplug(_metadata, &self->port, &all[i]);
	}
	EXPECT_EQ(0, memory_node_listed("online", node));
	snprintf(path, sizeof(path), SYSFS_NODE "/node%d", node);
	EXPECT_NE(0, access(path, F_OK));

	range = plug(_metadata, &self->port, node, self->bytes, &dimm);
	EXPECT_EQ(1, memory_node_listed("online", node));
	EXPECT_TRUE(memory_block_node_link(range.first, node));
	write_state(_metadata, range.first, "online_movable");
	read_pages(_metadata, node, &pages);
	EXPECT_EQ(self->blocks->pages, pages.movable.present);
	EXPECT_EQ(1, memory_node_listed("has_memory", node));
	unplug(_metadata, &self->port, &dimm);
	EXPECT_EQ(0, memory_node_listed("online", node));

	/* The host gives the node its own dimms back. */
	ASSERT_EQ(0, host_send(&self->port, "reset"));
	EXPECT_EQ(0, host_answer(&self->port)) {
		TH_LOG("not put back: %s", self->port.answer);
	}
	EXPECT_EQ(0, dimm_wait_all(&self->port));
	for (i = 0; i < nr; i++) {
		if (!all[i].dimm || all[i].node != node)
			continue;
		range = block_range_of(all[i].addr, all[i].size);
		EXPECT_EQ(range.nr, block_range_here(&range)) {
			TH_LOG("%s: %u of %u blocks are back", all[i].id,
			       block_range_here(&range), range.nr);
		}
	}
}

int main(int argc, char **argv)
{
	static const char *const attrs[] = { AUTO_ONLINE };

	attr_guard_enter(attrs, ARRAY_LEN(attrs));
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
