/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pools of 2 MiB huge pages that the nodes have. Their sizes do not change
 * back when who changed them ends.
 */

#ifndef HUGEPAGE_POOL_H
#define HUGEPAGE_POOL_H

/**
 * hugepage_pool_guard() - have the guardian put the pools back as well
 *
 * To be called in main() before memory_guard_enter().
 */
void hugepage_pool_guard(void);

/**
 * hugepage_pool_read() - a number of a node's pool
 * @node:	the node
 * @name:	"nr_hugepages" or "free_hugepages"
 * @nr:		the result, in huge pages
 *
 * Return: 0, -ENOENT if there are no such huge pages, or another negative
 * errno.
 */
int hugepage_pool_read(int node, const char *name, unsigned long *nr);

/**
 * hugepage_pool_free() - free huge pages on all nodes together
 */
unsigned long hugepage_pool_free(void);

/**
 * hugepage_pool_add() - make a node's pool larger
 * @node:	the node
 * @nr:		by how many huge pages
 *
 * Return: 0, -ENOMEM if it did not become that large, or another negative errno.
 */
int hugepage_pool_add(int node, unsigned long nr);

/**
 * hugepage_pool_restore() - give all pools the sizes back that they had
 *
 * Says on stderr which ones could not be.
 *
 * Return: how many those are.
 */
unsigned int hugepage_pool_restore(void);

#endif /* HUGEPAGE_POOL_H */
