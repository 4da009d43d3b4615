/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_MEMHP_BLOCK_H
#define _LIB_KUNIT_MEMHP_BLOCK_H

#include <kunit/test.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/types.h>

/**
 * enum memhp_node_kind - which node the block of a test shall belong to
 * @MEMHP_NODE_WITH_MEMORY: a node that has memory online besides the block
 * @MEMHP_NODE_WITHOUT_CPUS: a node that has memory online, but no CPUs
 * @MEMHP_NODE_WITHOUT_MEMORY: a node that has none, so that the block alone
 *	makes it a node with memory and its removal makes it memoryless again;
 *	nor CPUs, which would soon have pages there that cannot move
 * @MEMHP_NODE_WITHOUT_LOCAL_MEMORY: a node that has CPUs, but no memory
 */
enum memhp_node_kind {
	MEMHP_NODE_WITH_MEMORY,
	MEMHP_NODE_WITHOUT_CPUS,
	MEMHP_NODE_WITHOUT_MEMORY,
	MEMHP_NODE_WITHOUT_LOCAL_MEMORY,
};

struct memory_block *memhp_block_get(struct kunit *test,
				     enum memhp_node_kind kind);
struct memory_block *memhp_block_at(struct kunit *test, u64 start);
int memhp_block_nid(struct memory_block *mem);
int memhp_block_online(struct memory_block *mem, int online_type);
int memhp_block_offline(struct memory_block *mem);

#endif
