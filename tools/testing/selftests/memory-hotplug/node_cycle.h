/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A node that loses all of its candidate blocks and gets them back, over and
 * over.
 */

#ifndef NODE_CYCLE_H
#define NODE_CYCLE_H

#include "memory_block.h"
#include "worker.h"

/* Blocks that are enough to fill a node. */
#define NODE_MAX_BLOCKS	4

/**
 * struct node_cycle - what node_cycle_on() works on
 * @blocks:	all blocks of the machine
 * @node:	the node
 */
struct node_cycle {
	const struct memory_blocks *blocks;
	const struct memory_node *node;
};

/**
 * node_cycle_on() - a worker that empties and refills a node until it is stopped
 * @progress:	its own; one offline and one online of all blocks is a round
 * @arg:	a struct node_cycle
 *
 * Refills ZONE_MOVABLE, and every other time a kernel zone if the node is one
 * on which such a block goes offline again: one with neither CPUs nor boot
 * memory.
 *
 * Return: 0, or a negative errno.
 */
int node_cycle_on(struct progress *progress, void *arg);

#endif /* NODE_CYCLE_H */
