// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that user space adds by its address: the probe file.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "block_range.h"
#include "host_port.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "node_load.h"
#include "slow_offline.h"
#include "stall.h"
#include "worker.h"

#define PROBE		SYSFS_MEMORY "/probe"

#define TEST_TIMEOUT_S	60

FIXTURE(probe) {
	const struct memory_blocks *blocks;
	unsigned long long bytes;
	struct slow_offline slow;
	struct worker worker;
};

FIXTURE_SETUP(probe)
{
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	if (access(PROBE, F_OK))
		SKIP(return, "no " PROBE);
	self->bytes = self->blocks->pages * sysconf(_SC_PAGESIZE);
}

FIXTURE_TEARDOWN(probe)
{
	EXPECT_EQ(0, slow_offline_end(&self->slow));
	EXPECT_EQ(0, workers_kill(&self->worker, 1));
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

static unsigned int count_blocks(void)
{
	struct memory_blocks blocks;

	if (memory_blocks_read(&blocks))
		return 0;
	free(blocks.block);
	return blocks.nr;
}

static ssize_t probe(unsigned long long addr)
{
	char text[32];

	snprintf(text, sizeof(text), "%#llx\n", addr);
	return attr_write(PROBE, text, strlen(text));
}

/* What is no number, or not the beginning of a block, adds nothing. */
TEST_F(probe, wrong_values_are_refused)
{
	static const char *const wrong[] = {
		"\n", "x", "0x", "-1", "0x40000000 0x50000000", "0x4000000g",
	};
	const unsigned int nr = count_blocks();
	const unsigned long long first = self->blocks->block[0].id * self->bytes;
	size_t i;

	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		ssize_t ret = attr_write(PROBE, wrong[i], strlen(wrong[i]));

		EXPECT_EQ(-EINVAL, ret) {
			TH_LOG("probe \"%s\": %s", wrong[i], errname(ret));
		}
	}
	EXPECT_EQ(-ERANGE, attr_write(PROBE, "0x10000000000000000", 19));
	EXPECT_EQ(-EINVAL, probe(first + 1));
	EXPECT_EQ(-EINVAL, probe(first + sysconf(_SC_PAGESIZE)));
	EXPECT_EQ(-EINVAL, probe(first + self->bytes / 2));
	EXPECT_EQ(nr, count_blocks());
}

/* What no processor can address is not added. */
TEST_F(probe, too_high_an_address_is_refused)
{
	const unsigned int nr = count_blocks();

	EXPECT_EQ(-E2BIG, probe(1ULL << 62));
	EXPECT_EQ(-E2BIG, probe(-self->bytes));
	EXPECT_EQ(nr, count_blocks());
}

/* What is there already is not added again, and stays as it is. */
TEST_F(probe, existing_memory_is_refused)
{
	const struct memory_block *block = self->blocks->block;
	const unsigned int nr = count_blocks();
	char state[ATTR_LEN];
	size_t i;

	for (i = 0; i < self->blocks->nr; i++) {
		ssize_t ret = probe(block[i].id * self->bytes);

		EXPECT_EQ(-EEXIST, ret) {
			TH_LOG("probe memory%lu: %s", block[i].id,
			       errname(ret));
		}
		EXPECT_EQ(0, memory_block_read(block[i].id, "state", state,
					       sizeof(state)));
		EXPECT_STREQ(block[i].online ? "online" : "offline", state);
		EXPECT_TRUE(memory_block_node_link(block[i].id, block[i].node));
	}
	EXPECT_EQ(nr, count_blocks());
}

/* A worker: memory that is there already. */
static int probe_again(struct progress *progress, void *arg)
{
	const unsigned long long *addr = arg;
	ssize_t ret;

	progress_begin(progress, "probe");
	ret = probe(*addr);
	progress_step(progress);
	return ret == -EEXIST ? 0 : -EPROTO;
}

/*
 * C7. While a block is on its way offline, nothing is added: not even whether it
 * could be is looked at, but who asks waits at device_hotplug_lock.
 */
TEST_F_TIMEOUT(probe, waits_for_slow_offline, TEST_TIMEOUT_S)
{
	unsigned long long addr = self->blocks->block[0].id * self->bytes;
	struct memory_node node;
	int err;

	if (!stall_stack_readable())
		SKIP(return, "no /proc/PID/stack: CONFIG_STACKTRACE is not set");
	if (memory_node_find(self->blocks, true, &node) &&
	    memory_node_find(self->blocks, false, &node))
		SKIP(return, "no memory block is offline or in ZONE_MOVABLE");
	ASSERT_EQ(0, slow_offline_start(&self->slow, self->blocks, node.id));
	ASSERT_EQ(0, worker_start(&self->worker, "probe", probe_again, &addr));
	err = stall_wait_in(self->worker.pid, "msleep", STALL_MS);
	ASSERT_EQ(0, err) {
		TH_LOG("probe does not wait: %s", errname(err));
	}
	ASSERT_TRUE(slow_offline_going(&self->slow));
	EXPECT_EQ(EINTR, slow_offline_abort(&self->slow));
	ASSERT_EQ(0, workers_join(&self->worker, 1));
}

static int node_of_block(unsigned long id)
{
	int node;

	for (node = 0; node < 1024; node++)
		if (memory_block_node_link(id, node))
			return node;
	return -1;
}

/*
 * RAM that the kernel does not know of is added by its address: it is offline,
 * on a node; online, the node has its pages and processes can use it. It goes
 * offline again, and is not added twice. Nobody can remove it: so this is done
 * in a guest that is made for tests, and nowhere else.
 */
TEST_F(probe, hidden_memory_is_added)
{
	const unsigned long pages = self->blocks->pages;
	struct zone_pages before, online, after;
	struct block_range range;
	struct node_load *load;
	struct host_port port;
	char state[ATTR_LEN];
	const char *reason;
	int node, err;

	err = host_port_open(&port, &reason);
	if (err == -ENODEV)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, err);
	EXPECT_EQ(0, host_port_close(&port));
	if (!block_range_hidden(&range))
		SKIP(return, "no RAM is hidden from the kernel by mem=");

	EXPECT_LT(0, probe(range.first * self->bytes));
	ASSERT_TRUE(block_here(range.first));
	EXPECT_TRUE(iomem_find(&range, "System RAM"));
	EXPECT_EQ(-EEXIST, probe(range.first * self->bytes));
	ASSERT_EQ(0, memory_block_read(range.first, "state", state,
				       sizeof(state)));
	EXPECT_STREQ("offline", state);
	node = node_of_block(range.first);
	ASSERT_LE(0, node);
	EXPECT_EQ(1, memory_node_listed("online", node));

	ASSERT_EQ(0, zone_pages_read(node, ZONE_MOVABLE, &before));
	ASSERT_EQ(0, memory_block_write(range.first, "state",
					"online_movable"));
	ASSERT_EQ(0, zone_pages_read(node, ZONE_MOVABLE, &online));
	EXPECT_EQ(before.present + pages, online.present);
	EXPECT_EQ(before.managed + pages, online.managed);
	load = node_load_start(node);
	ASSERT_NE(NULL, load) {
		TH_LOG("load: %s", strerror(errno));
	}
	EXPECT_LT(0UL, load->placed);
	EXPECT_EQ(0, memory_block_offline(range.first));
	EXPECT_EQ(0, node_load_go_round(load));
	EXPECT_EQ(0UL, load->wrong);
	node_load_stop(load);
	ASSERT_EQ(0, zone_pages_read(node, ZONE_MOVABLE, &after));
	EXPECT_EQ(before.present, after.present);
	EXPECT_EQ(before.managed, after.managed);
}

int main(int argc, char **argv)
{
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
