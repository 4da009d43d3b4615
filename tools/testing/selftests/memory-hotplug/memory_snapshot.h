/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that memory hotplug has to put back when an operation fails, or when its
 * opposite is done, as user space can see it: a list of facts, each with a name
 * and a value, that can be compared to another one.
 *
 * The helpers do not assert: they return 0 or a negative errno.
 */

#ifndef MEMORY_SNAPSHOT_H
#define MEMORY_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Number of free pages of each ZONE_MOVABLE, or of that of one node. For tests
 * that keep all else away from there: any process that gets or frees a page
 * changes it.
 */
#define MEMORY_SNAPSHOT_FREE		0x1
#define MEMORY_SNAPSHOT_FREE_ON(node)	(MEMORY_SNAPSHOT_FREE | ((node) + 1) << 8)

/* How many kswapd and kcompactd each node has: looks at all processes. */
#define MEMORY_SNAPSHOT_THREADS		0x2

/**
 * struct memory_fact - one thing that is the case
 * @name:	of what, for example "node 1 zone Movable: present"
 * @value:	what it is
 */
struct memory_fact {
	char *name;
	char *value;
};

/**
 * struct memory_snapshot - what was the case at some time
 * @fact:	the facts, in the order in which they were found
 * @nr:		number of them
 * @max:	number that there is room for
 */
struct memory_snapshot {
	struct memory_fact *fact;
	size_t nr;
	size_t max;
};

/**
 * memory_snapshot_take() - note what is the case
 * @snapshot:	the result; to be given to memory_snapshot_free() if this
 *		succeeds
 * @flags:	what else to look at, MEMORY_SNAPSHOT_FREE for example
 *
 * Of each zone: present, managed and spanned pages, start, watermarks (without
 * the boost, which comes and goes), lowmem reserve, batch and counter threshold of
 * the per-CPU lists, pageblocks, isolated pageblocks and pages, and, of
 * ZONE_MOVABLE, movable pageblocks. Of each node: MemTotal, CPUs, whether slab has
 * pages there if it should have none; the node masks, the CPU masks. Of each
 * memory block: node, state and zone. MemTotal, CommitLimit, vm.min_free_kbytes.
 * If debugfs shows them (CONFIG_MEMHP_DEBUGFS), all zonelists, how many pages of
 * each node and pageblocks of each zone count as isolated, and whether the LRU
 * caches are disabled.
 *
 * What the boot has left is not what hotplug works out anew: to compare a snapshot
 * with one after a successful operation and its opposite, do that once before.
 *
 * MEMORY_SNAPSHOT_FREE counts pages in the per-CPU lists as free, and
 * has the LRU caches of all CPUs drained, so that no page depends on where it was
 * freed.
 *
 * Return: 0, or a negative errno.
 */
int memory_snapshot_take(struct memory_snapshot *snapshot, unsigned int flags);

/**
 * memory_snapshot_compare() - say in words what has changed
 * @before:	one snapshot
 * @after:	another one, with the same flags
 * @text:	the differences, in one line, as many as there is room for
 * @size:	size of @text
 *
 * Return: how many facts are different or are only in one of them.
 */
unsigned int memory_snapshot_compare(const struct memory_snapshot *before,
				     const struct memory_snapshot *after,
				     char *text, size_t size);

/**
 * memory_snapshot_differs() - compare what is the case to a snapshot
 * @before:	the snapshot
 * @flags:	the ones that it was taken with
 * @text:	the differences, in one line, as many as there is room for
 * @size:	size of @text
 *
 * Return: how many facts are different, or a negative errno, which @text says
 * too.
 */
int memory_snapshot_differs(const struct memory_snapshot *before,
			    unsigned int flags, char *text, size_t size);

/**
 * memory_snapshot_miscounts() - are some pages isolated less than never?
 *
 * Linux before 6.12 counts a huge page that leaves its block as one page, and as
 * all of its pages when it is let go. So nr_isolated_anon gets below 0, and stays
 * there.
 *
 * Return: whether this kernel does so.
 */
bool memory_snapshot_miscounts(void);

/**
 * memory_snapshot_value() - look up a fact
 * @snapshot:	where
 * @name:	its name
 *
 * Return: its value, or NULL.
 */
const char *memory_snapshot_value(const struct memory_snapshot *snapshot,
				  const char *name);

/**
 * memory_snapshot_free() - forget a snapshot
 * @snapshot:	which is empty afterwards
 */
void memory_snapshot_free(struct memory_snapshot *snapshot);

#endif /* MEMORY_SNAPSHOT_H */
