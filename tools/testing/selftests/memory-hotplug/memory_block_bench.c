// SPDX-License-Identifier: GPL-2.0
/*
 * How many times a second a memory block goes online and offline: by the
 * helpers that the tests use, and by nothing but the write to a file that is
 * kept open. Not a test: for whoever changes the helpers.
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest.h"
#include "memory_block.h"
#include "memory_guard.h"

/* So that whatever changes over time changes for both alike. */
#define TURNS	5

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Where the time goes: the two halves of a round. */
struct cost {
	double online;
	double offline;
};

static int bare(unsigned long id, unsigned int rounds, struct cost *cost)
{
	char path[PATH_LEN];
	double begin, middle;
	int fd, err = 0;

	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/state", id);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	while (rounds-- && !err) {
		begin = seconds();
		err |= pwrite(fd, "online_movable", 14, 0) != 14;
		middle = seconds();
		err |= pwrite(fd, "offline", 7, 0) != 7;
		cost->online += middle - begin;
		cost->offline += seconds() - middle;
	}
	close(fd);
	return err;
}

static int ours(unsigned long id, unsigned int rounds, struct cost *cost)
{
	double begin, middle;
	int err = 0;

	while (rounds-- && !err) {
		begin = seconds();
		err |= memory_block_write(id, "state", "online_movable");
		middle = seconds();
		err |= memory_block_offline(id);
		cost->online += middle - begin;
		cost->offline += seconds() - middle;
	}
	return err;
}

static void print(const char *name, const struct cost *cost, unsigned int rounds)
{
	printf("%s: %u operations in %.3f s, online %.2f ms, offline %.2f ms\n",
	       name, 2 * rounds, cost->online + cost->offline,
	       cost->online * 1e3 / rounds, cost->offline * 1e3 / rounds);
}

int main(int argc, char **argv)
{
	const unsigned int rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 20;
	struct cost of_bare = {}, of_ours = {};
	const struct memory_blocks *blocks;
	const char *reason;
	size_t i;
	int turn;

	memory_guard_enter();
	blocks = memory_blocks_at_start(&reason);
	if (!blocks)
		ksft_exit_skip("%s\n", reason);
	for (i = 0; i < blocks->nr; i++)
		if (blocks->block[i].candidate && !blocks->block[i].online)
			break;
	if (i == blocks->nr)
		ksft_exit_skip("no memory block is offline\n");

	/* The first time, slab and others allocate what they keep. */
	if (bare(blocks->block[i].id, 1, &(struct cost){}))
		ksft_exit_fail_msg("memory%lu does not go online and offline\n",
				   blocks->block[i].id);
	for (turn = 0; turn < TURNS; turn++)
		if (bare(blocks->block[i].id, rounds, &of_bare) ||
		    ours(blocks->block[i].id, rounds, &of_ours))
			ksft_exit_fail_msg("memory%lu: turn %d failed\n",
					   blocks->block[i].id, turn);

	print("bare", &of_bare, TURNS * rounds);
	print("ours", &of_ours, TURNS * rounds);
	return KSFT_PASS;
}
