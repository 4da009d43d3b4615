/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a memory block comes from, and how to find one of a kind that a test
 * may change.
 */

#ifndef BLOCK_KIND_H
#define BLOCK_KIND_H

#include <stdbool.h>

#include "memory_block.h"

/**
 * enum block_kind - where a memory block comes from
 * @BLOCK_PLAIN:	nothing claims it: boot memory, or what came by "probe"
 * @BLOCK_DIMM:		an ACPI memory device, as a pc-dimm is
 * @BLOCK_VIRTIO_MEM:	a virtio-mem device
 * @BLOCK_KMEM:		a dax device that kmem turned into memory
 * @BLOCK_OTHER:	another driver's, or part of it is no System RAM
 * @BLOCK_ANY:		to block_pick(): whichever serves best
 */
enum block_kind {
	BLOCK_PLAIN,
	BLOCK_DIMM,
	BLOCK_VIRTIO_MEM,
	BLOCK_KMEM,
	BLOCK_OTHER,
	BLOCK_ANY,
};

/**
 * block_kind_name() - a kind in words, for messages
 * @kind:	the kind
 */
const char *block_kind_name(enum block_kind kind);

/**
 * block_kind_read() - where a block comes from
 * @blocks:	all blocks of the machine
 * @id:		the block
 *
 * Asks the block for its firmware node and /proc/iomem for the name that the
 * driver gave its memory. A driver's block counts as one of its kind if any
 * part of it is named so: the driver may give memory in smaller pieces.
 *
 * Return: the kind; BLOCK_OTHER also if it cannot be told.
 */
enum block_kind block_kind_read(const struct memory_blocks *blocks,
				unsigned long id);

/**
 * block_takes_kernel_zone() - whether a block may be put into a kernel zone
 * @node:	the node it belongs to
 *
 * A block that was in a kernel zone goes offline again only if the kernel put
 * nothing into it: that takes a node that the kernel does not allocate from
 * unless all others are full.
 */
bool block_takes_kernel_zone(const struct memory_node *node);

/**
 * block_pick() - find a candidate block
 * @blocks:	all blocks of the machine
 * @kind:	of which kind, or BLOCK_ANY
 * @node:	the node it belongs to: without boot memory and CPUs rather
 *		than with
 * @id:		the block: one that was offline rather than online
 *
 * Return: 0, or -ENOENT.
 */
int block_pick(const struct memory_blocks *blocks, enum block_kind kind,
	       struct memory_node *node, unsigned long *id);

#endif /* BLOCK_KIND_H */
