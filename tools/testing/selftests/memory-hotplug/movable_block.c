// SPDX-License-Identifier: GPL-2.0
/*
 * One candidate block, alone in its node's ZONE_MOVABLE. See movable_block.h.
 */

#include <errno.h>

#include "movable_block.h"

int movable_block_pick(const struct memory_blocks *blocks,
		       struct movable_block *block)
{
	const struct memory_block *this, *first = NULL;
	const int end = blocks->nr;
	int i;

	if (memory_node_find(blocks, true, &block->node) &&
	    memory_node_find(blocks, false, &block->node))
		return -ENOENT;

	/* Processes take memory from their own node first. */
	block->quiet = block->node.bare && !block->node.cpus;
	for (i = 0; i < end; i++) {
		this = &blocks->block[i];
		if (!this->candidate)
			continue;
		if (this->node != block->node.id)
			block->quiet &= !this->online;
		else if (!first)
			first = this;
	}
	if (!first)
		return -ENOENT;
	block->id = first->id;
	return 0;
}

int movable_block_alone(const struct memory_blocks *blocks,
			const struct movable_block *block)
{
	unsigned long id;
	int err;

	err = memory_node_offline(blocks, block->node.id, &id);
	return err ? err :
	       memory_block_write(block->id, "state", "online_movable");
}
