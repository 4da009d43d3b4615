// SPDX-License-Identifier: GPL-2.0
/*
 * What the tests leave alone on a machine that is in use.
 */

#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "memory_guard.h"
#include "memory_limit.h"

#define BLOCK_KIB	(128 * 1024UL)
#define NR_BLOCKS	8

/*
 * A machine of eight blocks, two of them offline and four in ZONE_MOVABLE,
 * three of these on one node.
 */
static void make_blocks(struct memory_blocks *blocks, struct memory_block *block)
{
	static const struct memory_block all[NR_BLOCKS] = {
		{ .id = 0, .node = 0, .online = true, .zone = "Normal" },
		{ .id = 1, .node = 0, .online = true, .zone = "Normal" },
		{ .id = 2, .node = 1, .online = true, .zone = ZONE_MOVABLE,
		  .candidate = true },
		{ .id = 3, .node = 1, .online = true, .zone = ZONE_MOVABLE,
		  .candidate = true },
		{ .id = 4, .node = 1, .online = true, .zone = ZONE_MOVABLE,
		  .candidate = true },
		{ .id = 5, .node = 2, .online = true, .zone = ZONE_MOVABLE,
		  .candidate = true },
		{ .id = 6, .node = 2, .candidate = true },
		{ .id = 7, .node = 3, .candidate = true },
	};

	memcpy(block, all, sizeof(all));
	blocks->block = block;
	blocks->nr = NR_BLOCKS;
	blocks->pages = BLOCK_KIB / (sysconf(_SC_PAGESIZE) / 1024);
}

FIXTURE(limit) {
	struct memory_block block[NR_BLOCKS];
	struct memory_blocks blocks;
};

FIXTURE_VARIANT(limit) {
	struct memory_use use;
	/* Blocks that the tests may change, a bit each, and whether they run. */
	unsigned int candidates;
	bool refused;
};

/* A quarter of it all: two blocks, one of each node. */
FIXTURE_VARIANT_ADD(limit, idle) {
	.use = { .total = 8 * BLOCK_KIB, .available = 8 * BLOCK_KIB },
	.candidates = 0xe4,
};

/* Much larger than the blocks in question: all of them. */
FIXTURE_VARIANT_ADD(limit, large) {
	.use = { .total = 64 * BLOCK_KIB, .available = 60 * BLOCK_KIB },
	.candidates = 0xfc,
};

/* One block and the reserve are available. */
FIXTURE_VARIANT_ADD(limit, busy) {
	.use = { .total = 8 * BLOCK_KIB, .available = 2 * BLOCK_KIB },
	.candidates = 0xc4,
};

/* What is available is the reserve: nothing that is online goes offline. */
FIXTURE_VARIANT_ADD(limit, full) {
	.use = { .total = 8 * BLOCK_KIB, .available = BLOCK_KIB },
	.candidates = 0xc0,
};

FIXTURE_VARIANT_ADD(limit, overfull) {
	.use = { .total = 8 * BLOCK_KIB, .available = BLOCK_KIB / 2 },
	.refused = true,
};

FIXTURE_SETUP(limit)
{
	make_blocks(&self->blocks, self->block);
}

FIXTURE_TEARDOWN(limit)
{
}

/*
 * Blocks that are online in ZONE_MOVABLE stay out of it when there are too
 * many, those of the nodes with the most of them first; and with nothing to
 * spare there is no test.
 */
TEST_F(limit, spares_what_is_needed)
{
	const char *reason = memory_limit(&self->blocks, &variant->use);
	unsigned int i, candidates = 0;

	EXPECT_EQ(variant->refused, !!reason);
	if (reason)
		return;
	for (i = 0; i < NR_BLOCKS; i++)
		candidates |= self->block[i].candidate << i;
	EXPECT_EQ(variant->candidates, candidates);
}

/*
 * This machine: what the tests may take offline is at most the share that is
 * stated, and without boot memory's kernel zones.
 */
TEST(this_machine)
{
	const struct memory_blocks *blocks;
	unsigned long kib, taken = 0;
	struct memory_use use;
	const char *reason;
	size_t i;

	blocks = memory_blocks_at_start(&reason);
	if (!blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, memory_use_read(&use));

	kib = blocks->pages * (sysconf(_SC_PAGESIZE) / 1024);
	for (i = 0; i < blocks->nr; i++) {
		const struct memory_block *block = &blocks->block[i];

		if (!block->candidate || !block->online)
			continue;
		EXPECT_STREQ(ZONE_MOVABLE, block->zone);
		taken += kib;
	}
	EXPECT_GE(use.total * MEMORY_SHARE / 100, taken) {
		TH_LOG("%lu of %lu KiB could be taken offline", taken, use.total);
	}
}

int main(int argc, char **argv)
{
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
