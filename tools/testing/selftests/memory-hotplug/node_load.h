/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Work that goes on while memory goes: a process that uses a node's memory and
 * verifies every byte, and one that reads what sysfs says of all
 * memory blocks. Not to be used while blocks are added: see dimm_wait_all().
 */

#ifndef NODE_LOAD_H
#define NODE_LOAD_H

#include <stddef.h>
#include <sys/types.h>

/**
 * struct node_load - what the processes count, shared with the test
 * @touched:	pages that the user verified and changed
 * @placed:	pages that were on the node when it had first touched them
 * @wrong:	pages that were not what they should be
 * @swept:	sweeps over all memory blocks
 * @error:	the first errno of either, negative
 * @user:	process that uses memory
 * @reader:	process that reads sysfs
 */
struct node_load {
	unsigned long touched;
	unsigned long placed;
	unsigned long wrong;
	unsigned long swept;
	int error;
	pid_t user;
	pid_t reader;
};

/**
 * node_load_start() - start both
 * @node:	where to take memory from, as long as there is some
 *
 * Returns when both have been round once.
 *
 * Return: the load, or NULL, with errno set.
 */
struct node_load *node_load_start(int node);

/**
 * node_load_go_round() - wait until both have been round again
 * @load:	the load
 *
 * Return: 0, or a negative errno: one of them died, met an error or stopped.
 */
int node_load_go_round(const struct node_load *load);

/**
 * node_load_stop() - end both
 * @load:	the load, or NULL
 */
void node_load_stop(struct node_load *load);

/**
 * kernel_page_get() - allocate a page that the kernel cannot move
 * @node:	the node, which must have memory in a kernel zone
 * @fds:	a pipe, with this page in it: it is freed when both are closed
 *
 * Return: 0, or a negative errno.
 */
int kernel_page_get(int node, int fds[2]);

/**
 * pinned_page_get() - pin a page of user memory
 * @node:	the node to take it from
 * @fds:	a pipe, with this page in it: it is unpinned when both are
 *		closed
 *
 * Return: 0, -EXDEV if the page is from another node, or another negative
 * errno.
 */
int pinned_page_get(int node, int fds[2]);

#endif /* NODE_LOAD_H */
