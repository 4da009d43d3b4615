/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One candidate block, alone in its node's ZONE_MOVABLE: what is in that zone
 * is in the block.
 */

#ifndef MOVABLE_BLOCK_H
#define MOVABLE_BLOCK_H

#include <stdbool.h>

#include "memory_block.h"

/**
 * struct movable_block - the block
 * @id:		the M of memoryM
 * @node:	its node: one without boot memory if any has candidates
 * @quiet:	nothing but what a test puts there uses any ZONE_MOVABLE, so
 *		that its free pages can be counted
 */
struct movable_block {
	unsigned long id;
	struct memory_node node;
	bool quiet;
};

/**
 * movable_block_pick() - choose a block
 * @blocks:	all blocks of the machine
 * @block:	the result
 *
 * Return: 0, or -ENOENT.
 */
int movable_block_pick(const struct memory_blocks *blocks,
		       struct movable_block *block);

/**
 * movable_block_alone() - put it online, and the node's other candidates offline
 * @blocks:	all blocks of the machine
 * @block:	the block
 *
 * Return: 0, or a negative errno.
 */
int movable_block_alone(const struct memory_blocks *blocks,
			const struct movable_block *block);

#endif /* MOVABLE_BLOCK_H */
