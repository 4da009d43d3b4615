// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for a node that has never been online: the node comes, works and goes.
 * The host gives the memory, through a virtio-mem device of that node.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/mempolicy.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "block_range.h"
#include "host_port.h"
#include "hugepage_pool.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "node_mem.h"
#include "uevent.h"

#define NR_PAGES	16
#define NR_CYCLES	3
#define TEST_TIMEOUT_S	100

FIXTURE(hotadd) {
	struct host_port port;
	struct host_device device;
	struct block_range range;
	int uevents;
};

FIXTURE_SETUP(hotadd)
{
	struct host_device all[HOST_DEVICES];
	const char *reason;
	int err, nr;

	self->port.fd = -1;
	self->uevents = -1;
	if (!memory_blocks_at_start(&reason))
		SKIP(return, "%s", reason);
	err = host_port_open(&self->port, &reason);
	if (err == -ENODEV)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s", reason, errname(err));
	}

	nr = host_devices(&self->port, all);
	ASSERT_LE(0, nr);
	while (nr-- && !self->device.id[0])
		if (!all[nr].dimm && !all[nr].size &&
		    memory_node_listed("possible", all[nr].node) == 1 &&
		    !memory_node_listed("online", all[nr].node))
			self->device = all[nr];
	if (!self->device.id[0])
		SKIP(return, "no node that waits for its first memory");
	self->range = block_range_of(self->device.addr, block_bytes());
	self->uevents = uevent_open();
	ASSERT_LE(0, self->uevents);
}

FIXTURE_TEARDOWN(hotadd)
{
	if (self->uevents >= 0)
		close(self->uevents);
	EXPECT_EQ(0, host_port_close(&self->port)) {
		TH_LOG("not put back: %s", self->port.answer);
	}
}

/*
 * Wait until the node has come or gone, as seen by what is done last: the link
 * to its block is made, or its directory removed.
 */
static bool node_becomes(int node, unsigned long block, bool here)
{
	const long long end = now_ms() + WRITE_TIMEOUT_MS;
	char path[PATH_LEN];

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d", node);
	while (here ? !memory_block_node_link(block, node) :
		      !access(path, F_OK)) {
		if (now_ms() > end)
			return false;
		nap();
	}
	return true;
}

static void node_event(struct __test_metadata *_metadata, int fd, int node,
		       const char *action)
{
	struct uevent event = {};
	char devpath[PATH_LEN];

	snprintf(devpath, sizeof(devpath), "/devices/system/node/node%d", node);
	EXPECT_EQ(1, uevent_next(fd, devpath, &event)) {
		TH_LOG("node%d: no event, expected %s", node, action);
	}
	EXPECT_STREQ(action, event.action);
	EXPECT_STREQ("node", event.subsystem);
	EXPECT_EQ(0, uevent_next(fd, devpath, &event)) {
		TH_LOG("node%d: %s after %s", node, event.action, action);
	}
}

/*
 * All that there is to a node: files, distances, a place in policies, a pool of
 * huge pages. The one that this leaves in there goes with the memory.
 */
static void node_works(struct __test_metadata *_metadata, int node,
		       unsigned long block)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	struct node_mask mask = {};
	int where[NR_PAGES], i;
	unsigned long value;
	char *area;
	int err;

	EXPECT_TRUE(memory_block_node_link(block, node));
	EXPECT_EQ(10, node_distance(node, node));
	EXPECT_EQ(0, memory_node_listed("has_memory", node));
	ASSERT_EQ(0, node_counter(node, "meminfo", "MemTotal", &value));
	EXPECT_EQ(0UL, value);

	ASSERT_EQ(0, memory_block_write(block, "state", "online_movable"));
	EXPECT_EQ(1, memory_node_listed("has_memory", node));
	ASSERT_EQ(0, node_counter(node, "meminfo", "MemTotal", &value));
	EXPECT_LT(0UL, value);
	ASSERT_EQ(0, node_counter(node, "vmstat", "nr_free_pages", &value));
	EXPECT_LT(0UL, value);

	area = mmap(NULL, NR_PAGES * page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, area);
	node_mask_set(&mask, node);
	ASSERT_EQ(0, mem_policy_set(area, NR_PAGES * page, MPOL_BIND, &mask));
	memset(area, 1, NR_PAGES * page);
	ASSERT_EQ(0, mem_page_nodes(0, area, NR_PAGES, where));
	for (i = 0; i < NR_PAGES; i++)
		EXPECT_EQ(node, where[i]);
	ASSERT_EQ(0, munmap(area, NR_PAGES * page));

	/* Every node has a pool, or none has. */
	if (!hugepage_pool_read(0, "nr_hugepages", &value)) {
		err = hugepage_pool_add(node, 1);
		EXPECT_EQ(0, err) {
			TH_LOG("a huge page on node %d: %s", node,
			       errname(err));
		}
	}
}

/*
 * The node is not there, comes with its first block, serves memory, and goes
 * with its last block, again and again. udev is told of each. The kernel builds
 * zonelists for a node that it has only just met.
 */
TEST_F_TIMEOUT(hotadd, node_comes_and_goes, TEST_TIMEOUT_S)
{
	const int node = self->device.node;
	char path[PATH_LEN];
	int cycle;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d", node);
	for (cycle = 0; cycle < NR_CYCLES; cycle++) {
		EXPECT_EQ(-1, access(path, F_OK)) {
			TH_LOG("%s is there already, cycle %d", path, cycle);
		}
		EXPECT_EQ(0, memory_node_listed("has_memory", node));

		ASSERT_EQ(0, host_resize(&self->port, self->device.id,
					 self->range.nr * self->range.bytes));
		ASSERT_EQ(0, block_range_wait(&self->range, self->range.nr));
		ASSERT_TRUE(node_becomes(node, self->range.first, true));
		EXPECT_EQ(1, memory_node_listed("online", node));
		node_event(_metadata, self->uevents, node, "add");

		node_works(_metadata, node, self->range.first);

		ASSERT_EQ(0, memory_block_offline(self->range.first));
		EXPECT_EQ(0, memory_node_listed("has_memory", node));
		EXPECT_EQ(1, memory_node_listed("online", node));
		ASSERT_EQ(0, host_resize(&self->port, self->device.id, 0));
		ASSERT_EQ(0, block_range_wait(&self->range, 0));
		ASSERT_TRUE(node_becomes(node, self->range.first, false));
		EXPECT_EQ(0, memory_node_listed("online", node));
		node_event(_metadata, self->uevents, node, "remove");
	}
}

int main(int argc, char **argv)
{
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
