/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A node that comes and goes, and another to compare it with.
 */

#ifndef NODE_PLACE_H
#define NODE_PLACE_H

#include <stddef.h>

#include "memory_block.h"

/**
 * struct node_place - the node that comes and goes, and what is around it
 * @blocks:	all blocks of the machine
 * @node:	without boot memory and CPUs
 * @block:	the block that gives it memory
 * @other:	another node, that has memory throughout
 * @local:	the node of the CPU that the test runs on, that has memory too
 * @page:	size of a page
 * @oom_kills:	processes killed for lack of memory before, ever
 */
struct node_place {
	const struct memory_blocks *blocks;
	struct memory_node node;
	unsigned long block;
	int other;
	int local;
	size_t page;
	unsigned long oom_kills;
};

/**
 * node_place_find() - find such a node, and give it memory
 * @place:	the result
 * @reason:	why there is none, or what could not be done
 *
 * The node is emptied before: afterwards each task knows which nodes it may
 * use, which it need not before the first change. Ties the calling process to
 * the CPU that it is on.
 *
 * Return: 0, -ENODEV if the machine has no such node, or another negative
 * errno.
 */
int node_place_find(struct node_place *place, const char **reason);

/**
 * node_place_give() - give the node a block of memory, in ZONE_MOVABLE
 * @place:	the node, without memory
 *
 * Return: 0, or a negative errno: -EPROTO if the node has no memory then.
 */
int node_place_give(const struct node_place *place);

/**
 * node_place_take() - take all the node's memory
 * @place:	the node
 *
 * Return: 0, or a negative errno: -EPROTO if the node has memory then.
 */
int node_place_take(const struct node_place *place);

/**
 * oom_kills() - how many processes were killed for lack of memory, ever
 */
unsigned long oom_kills(void);

#endif /* NODE_PLACE_H */
