/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much of a machine that is in use the tests may take away.
 */

#ifndef MEMORY_LIMIT_H
#define MEMORY_LIMIT_H

#include "memory_block.h"

/* Of all memory that is online, at most this may go offline, in per cent. */
#define MEMORY_SHARE	25

/*
 * What must be available on top of what the tests take away, in per cent of
 * all memory that is online.
 */
#define MEMORY_RESERVE	10

/**
 * struct memory_use - how full the machine is, in KiB
 * @total:	MemTotal of /proc/meminfo
 * @available:	MemAvailable
 */
struct memory_use {
	unsigned long total;
	unsigned long available;
};

/**
 * memory_use_read() - how full the machine is
 * @use:	the result
 *
 * Return: 0, or a negative errno.
 */
int memory_use_read(struct memory_use *use);

/**
 * memory_limit() - leave to the tests only what the machine can spare
 * @blocks:	all blocks; those that are online and too much stop being
 *		candidates, nodes with many of them first
 * @use:	how full the machine is
 *
 * Blocks that are offline can be put online in any case, unless even the
 * reserve is not available.
 *
 * Return: NULL, or why there is not enough memory for any test.
 */
const char *memory_limit(struct memory_blocks *blocks,
			 const struct memory_use *use);

#endif /* MEMORY_LIMIT_H */
