// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that the hypervisor of a pseries gives and takes, a block at a time.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "block_range.h"
#include "dlpar.h"
#include "expect_state.h"
#include "host_port.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "node_load.h"
#include "slab_files.h"
#include "slow_offline.h"
#include "stall.h"
#include "worker.h"

#define TEST_TIMEOUT_S	60

#define ROUNDS		5

#define MAX_DIMMS	4

FIXTURE(dlpar) {
	const struct memory_blocks *blocks;
	struct memory_node node;
	/* Blocks of the node that follow each other. */
	unsigned long first, second;
	int page[2];
	struct host_port port;
	struct node_load *load;
	struct slow_offline slow;
	struct worker workers[3];
};

FIXTURE_SETUP(dlpar)
{
	const struct memory_block *block;
	const char *reason;
	size_t i;

	self->port.fd = -1;
	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	if (access(DLPAR, F_OK))
		SKIP(return, "no " DLPAR);
	if (memory_node_find(self->blocks, true, &self->node) ||
	    self->node.candidates < 2)
		SKIP(return, "no node of two blocks without boot memory");
	for (i = 1; i < self->blocks->nr; i++) {
		block = &self->blocks->block[i];
		if (block[-1].node != self->node.id ||
		    block->node != self->node.id || !block->candidate)
			continue;
		self->first = block[-1].id;
		self->second = block->id;
		break;
	}
	ASSERT_EQ(self->first + 1, self->second);
}

FIXTURE_TEARDOWN(dlpar)
{
	node_load_stop(self->load);
	EXPECT_EQ(0, host_port_close(&self->port)) {
		TH_LOG("not put back: %s", self->port.answer);
	}
	EXPECT_EQ(0, slow_offline_end(&self->slow));
	EXPECT_EQ(0, workers_kill(self->workers, ARRAY_LEN(self->workers)));
	if (self->page[0]) {
		close(self->page[0]);
		close(self->page[1]);
	}
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

/* Both blocks online in ZONE_MOVABLE, and a page in the second one pinned. */
static void hold_second(struct __test_metadata *_metadata,
			const struct memory_blocks *blocks,
			const struct memory_node *node, unsigned long first,
			int page[2])
{
	unsigned long id;

	/* There is no other block that the page could be in. */
	ASSERT_EQ(0, memory_node_offline(blocks, node->id, &id));
	ASSERT_EQ(0, memory_block_write(first + 1, "state", "online_movable"));
	ASSERT_EQ(0, pinned_page_get(node->id, page));
	ASSERT_EQ(0, memory_block_write(first, "state", "online_movable"));
}

/* A worker: asks for the block with this index, and the next one. */
static int remove_both(struct progress *progress, void *arg)
{
	const unsigned int *index = arg;
	int ret;

	progress_begin(progress, "remove two blocks from %#x on", *index);
	ret = dlpar_write("memory remove indexed-count 2 %#x", *index);
	progress_step(progress);
	/* So does a write end that is interrupted. */
	return ret == -ETIMEDOUT ? 0 : -EPROTO;
}

/*
 * Whoever asks for both and is interrupted at the second one gets none: the first
 * one is removed, and added again. QEMU offers no more than that: it takes back no
 * memory that it has not asked for.
 */
static void try_both(struct __test_metadata *_metadata,
		     const struct memory_blocks *blocks, unsigned long first,
		     struct worker *worker)
{
	const struct block_range range = { .first = first, .nr = 1 };
	unsigned int index;
	int err;

	ASSERT_EQ(0, dlpar_index(blocks, first, &index));
	ASSERT_EQ(0, worker_start(worker, "dlpar", remove_both, &index));
	err = block_range_wait(&range, 0);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu is not removed: %s", first, errname(err));
	}
	EXPECT_EQ(0, kill(worker->pid, SIGALRM));
	EXPECT_EQ(0, workers_join(worker, 1));
	EXPECT_EQ(1U, block_range_here(&range)) {
		TH_LOG("memory%lu does not come back", first);
	}
}

TEST_F(dlpar, block_comes_back_if_the_next_one_stays)
{
	unsigned long before, after;

	hold_second(_metadata, self->blocks, &self->node, self->first,
		    self->page);
	ASSERT_EQ(0, memory_node_total(self->node.id, &before));
	try_both(_metadata, self->blocks, self->first, &self->workers[0]);
	expect_state(_metadata, self->first, "online");
	expect_state(_metadata, self->second, "online");
	EXPECT_TRUE(memory_block_node_link(self->first, self->node.id));
	ASSERT_EQ(0, memory_node_total(self->node.id, &after));
	EXPECT_EQ(before, after);
}

/* What the kernel is in cannot go, and stays online. */
TEST_F(dlpar, kernel_memory_stays)
{
	const struct memory_block *block = &self->blocks->block[0];
	unsigned int index;

	ASSERT_FALSE(block->candidate);
	ASSERT_EQ(0, dlpar_index(self->blocks, block->id, &index));
	EXPECT_GT(0, dlpar_write("memory remove index %#x", index));
	expect_state(_metadata, block->id, "online");
	EXPECT_TRUE(memory_block_node_link(block->id, block->node));
}

TEST_F(dlpar, wrong_words_are_refused)
{
	static const char *const wrong[] = {
		"memory", "memory add", "memory add index", "memory add count",
		"memory take index 0x80000000", "disk add index 0x80000000",
		"memory add drawer 1", "memory add index x",
		"memory remove count 0", "memory add count 0",
		"memory remove count 4096", "memory remove index 0x1",
		"memory add indexed-count 2", "memory remove indexed-count 0 1",
	};
	struct memory_blocks after;
	size_t i;

	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		int ret = dlpar_write("%s", wrong[i]);

		EXPECT_EQ(-EINVAL, ret) {
			TH_LOG("\"%s\": %s", wrong[i], errname(ret));
		}
	}
	ASSERT_EQ(0, memory_blocks_read(&after));
	ASSERT_EQ(self->blocks->nr, after.nr);
	for (i = 0; i < after.nr; i++) {
		EXPECT_EQ(self->blocks->block[i].id, after.block[i].id);
		EXPECT_EQ(self->blocks->block[i].online, after.block[i].online);
	}
	free(after.block);
}

/* A worker: a block that nobody has. */
static int remove_none(struct progress *progress, void *arg)
{
	int ret;

	progress_begin(progress, "remove no block");
	ret = dlpar_write("memory remove index 0x1");
	progress_step(progress);
	return ret == -EINVAL ? 0 : -EPROTO;
}

/*
 * C7. Who asks for a block to be removed while another one is on its way offline
 * waits at device_hotplug_lock, before anything else: even if there is no such
 * block.
 */
TEST_F_TIMEOUT(dlpar, waits_for_slow_offline, TEST_TIMEOUT_S)
{
	int err;

	if (!stall_stack_readable())
		SKIP(return, "no /proc/PID/stack: CONFIG_STACKTRACE is not set");
	ASSERT_EQ(0, slow_offline_start(&self->slow, self->blocks,
					self->node.id));
	ASSERT_EQ(0, worker_start(&self->workers[0], "dlpar", remove_none,
				  NULL));
	err = stall_wait_in(self->workers[0].pid, "dlpar_memory", STALL_MS);
	ASSERT_EQ(0, err) {
		TH_LOG("nobody waits in dlpar_memory(): %s", errname(err));
	}
	ASSERT_TRUE(slow_offline_going(&self->slow));
	EXPECT_EQ(EINTR, slow_offline_abort(&self->slow));
	ASSERT_EQ(0, workers_join(self->workers, 1));
}

/* A worker: a block goes online and offline. */
static int switch_block(struct progress *progress, void *arg)
{
	const unsigned long *id = arg;
	int err = 0;

	while (!err && !progress_stop(progress)) {
		progress_begin(progress, "memory%lu online", *id);
		err = memory_block_write(*id, "state", "online_movable");
		progress_step(progress);
		if (err)
			break;
		progress_begin(progress, "memory%lu offline", *id);
		err = memory_block_offline(*id);
		progress_step(progress);
		progress_round(progress);
		give_way();
	}
	return err;
}

/*
 * A block is removed and comes again while sysfs switches another one, and slab's
 * files are read. Not the same one: lockdep does not see that who removes a block,
 * and waits until nobody uses its files, and who writes to such a file both hold
 * device_hotplug_lock.
 */
TEST_F_TIMEOUT(dlpar, block_comes_back_under_load, TEST_TIMEOUT_S)
{
	struct memory_node other;
	unsigned long id = 0;
	int turn;
	size_t i;

	if (memory_node_find(self->blocks, false, &other))
		SKIP(return, "no other memory block may go offline");
	for (i = 0; i < self->blocks->nr; i++)
		if (self->blocks->block[i].candidate &&
		    self->blocks->block[i].node == other.id)
			id = self->blocks->block[i].id;
	hold_second(_metadata, self->blocks, &self->node, self->first,
		    self->page);
	ASSERT_EQ(0, worker_start(&self->workers[0], "switch", switch_block,
				  &id));
	ASSERT_EQ(0, worker_start(&self->workers[1], "slab", slab_read_anew,
				  NULL));
	/* Until the others have come round, too. */
	for (turn = 0; turn < ROUNDS || !worker_rounds(&self->workers[0]) ||
	     !worker_rounds(&self->workers[1]); turn++) {
		try_both(_metadata, self->blocks, self->first,
			 &self->workers[2]);
		ASSERT_EQ(0, workers_check(self->workers, 2));
	}
	ASSERT_EQ(0, workers_stop(self->workers, 2));
}

static const char *open_port(struct __test_metadata *_metadata,
			     struct host_port *port)
{
	const char *reason;
	int err = host_port_open(port, &reason);

	if (err == -ENODEV)
		return reason;
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s", reason, errname(err));
	}
	return NULL;
}

/* What the hypervisor gives comes up online on the node that it is for. */
static struct block_range expect_online(struct __test_metadata *_metadata,
					const struct host_device *dimm,
					int node)
{
	struct block_range range;
	unsigned long id;

	EXPECT_EQ(0, dlpar_wait(dimm, &range));
	for (id = range.first; id < range.first + range.nr; id++) {
		EXPECT_TRUE(memory_block_node_link(id, node)) {
			TH_LOG("node%d has no memory%lu", node, id);
		}
	}
	return range;
}

static struct block_range plug(struct __test_metadata *_metadata,
			       struct host_port *port, int node,
			       unsigned int blocks, struct host_device *dimm)
{
	int err = host_plug_dimm(port, node, blocks * block_bytes(), dimm);

	ASSERT_EQ(0, err) {
		TH_LOG("%s", port->answer);
	}
	return expect_online(_metadata, dimm, node);
}

static void unplug(struct __test_metadata *_metadata, struct host_port *port,
		   const struct host_device *dimm)
{
	int err = host_unplug_dimm(port, dimm->id);

	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s", dimm->id, port->answer);
	}
}

/*
 * What comes leaves nothing when the hypervisor takes it back, though a process
 * uses it.
 */
TEST_F_TIMEOUT(dlpar, plugged_memory_comes_and_goes, 2 * TEST_TIMEOUT_S)
{
	struct block_range range;
	struct host_device dimm;
	unsigned long id;
	const char *reason;
	int turn;

	reason = open_port(_metadata, &self->port);
	if (reason)
		SKIP(return, "%s", reason);
	for (turn = 0; turn < ROUNDS; turn++) {
		range = plug(_metadata, &self->port, self->node.id, 2, &dimm);
		self->load = node_load_start(self->node.id);
		ASSERT_NE(NULL, self->load);
		EXPECT_LT(0UL, self->load->placed);

		unplug(_metadata, &self->port, &dimm);
		EXPECT_EQ(0U, block_range_here(&range));
		for (id = range.first; id < range.first + range.nr; id++)
			EXPECT_FALSE(block_node_entry(id, self->node.id));
		EXPECT_EQ(0, node_load_go_round(self->load));
		EXPECT_EQ(0UL, self->load->wrong);
		node_load_stop(self->load);
		self->load = NULL;
	}
}

static void expect_node(struct __test_metadata *_metadata, int node, bool here)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d", node);
	EXPECT_EQ(here, memory_node_listed("online", node));
	EXPECT_EQ(here, memory_node_listed("has_memory", node));
	EXPECT_EQ(here, !access(path, F_OK));
}

/*
 * A node that has nothing but what the hypervisor gives goes with the last of it,
 * and comes with the first.
 */
TEST_F_TIMEOUT(dlpar, node_goes_and_comes, 2 * TEST_TIMEOUT_S)
{
	struct host_device all[HOST_DEVICES], own[MAX_DIMMS], dimm;
	const int node = self->node.id;
	const char *reason;
	int nr, mine = 0, i;

	reason = open_port(_metadata, &self->port);
	if (reason)
		SKIP(return, "%s", reason);
	nr = host_devices(&self->port, all);
	ASSERT_LT(0, nr);
	for (i = 0; i < nr; i++) {
		if (!all[i].dimm || all[i].node != node)
			continue;
		ASSERT_LT(mine, MAX_DIMMS);
		own[mine++] = all[i];
	}
	ASSERT_LT(0, mine);

	for (i = 0; i < mine; i++)
		unplug(_metadata, &self->port, &own[i]);
	expect_node(_metadata, node, false);
	plug(_metadata, &self->port, node, 1, &dimm);
	expect_node(_metadata, node, true);
	unplug(_metadata, &self->port, &dimm);
	expect_node(_metadata, node, false);

	ASSERT_EQ(0, host_send(&self->port, "reset"));
	EXPECT_EQ(0, host_answer(&self->port)) {
		TH_LOG("not put back: %s", self->port.answer);
	}
	for (i = 0; i < mine; i++)
		expect_online(_metadata, &own[i], node);
	expect_node(_metadata, node, true);
}

int main(int argc, char **argv)
{
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
