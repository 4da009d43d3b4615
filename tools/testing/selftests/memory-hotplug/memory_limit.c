// SPDX-License-Identifier: GPL-2.0
/*
 * How much of a machine that is in use the tests may take away. See
 * memory_limit.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "memory_limit.h"

int memory_use_read(struct memory_use *use)
{
	bool total = false, available = false;
	char line[ATTR_LEN];
	FILE *file;

	file = fopen("/proc/meminfo", "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		total |= sscanf(line, "MemTotal: %lu", &use->total) == 1;
		available |= sscanf(line, "MemAvailable: %lu",
				    &use->available) == 1;
	}
	fclose(file);
	return total && available ? 0 : -ENOENT;
}

static size_t online_candidates(const struct memory_blocks *blocks, int node)
{
	size_t i, nr = 0;

	for (i = 0; i < blocks->nr; i++)
		nr += blocks->block[i].node == node &&
		      blocks->block[i].candidate && blocks->block[i].online;
	return nr;
}

/* Take one block from the tests: the last one of the node with the most. */
static void spare_one(struct memory_blocks *blocks)
{
	struct memory_block *spared = NULL;
	size_t i, nr, most = 0;

	for (i = 0; i < blocks->nr; i++) {
		struct memory_block *block = &blocks->block[i];

		if (!block->candidate || !block->online)
			continue;
		nr = online_candidates(blocks, block->node);
		if (nr >= most) {
			most = nr;
			spared = block;
		}
	}
	spared->candidate = false;
}

const char *memory_limit(struct memory_blocks *blocks,
			 const struct memory_use *use)
{
	const unsigned long kib = blocks->pages *
				  (sysconf(_SC_PAGESIZE) / 1024);
	const unsigned long reserve = use->total * MEMORY_RESERVE / 100;
	unsigned long allowed = use->total * MEMORY_SHARE / 100;
	size_t i, nr = 0;

	if (use->available < reserve)
		return "too little memory is available";
	if (allowed > use->available - reserve)
		allowed = use->available - reserve;

	for (i = 0; i < blocks->nr; i++)
		nr += blocks->block[i].candidate && blocks->block[i].online;
	for (; nr * kib > allowed; nr--)
		spare_one(blocks);
	return NULL;
}
