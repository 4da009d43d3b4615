// SPDX-License-Identifier: GPL-2.0
/*
 * Whole nodes for KUnit tests: find one that consists of nothing but offline
 * memory blocks, take it away and bring it back, as a memory device does that
 * is pulled and plugged.
 */
#include <kunit/resource.h>
#include <linux/acpi.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/topology.h>

#include "memhp_compat.h"
#include "memhp_node.h"

/**
 * memhp_rebuild_zonelists() - have all zonelists built anew
 *
 * Those of boot were built before any node had a CPU, and those of a node that
 * was added later for that node alone: nodes that are equally far away may stand
 * in another order there.
 *
 * Context: process context, may sleep. Takes mem_hotplug_lock, for writing.
 */
void memhp_rebuild_zonelists(void)
{
	mem_hotplug_begin();
	build_all_zonelists(NULL);
	mem_hotplug_done();
}

#if defined(CONFIG_MEMORY_HOTREMOVE) && defined(CONFIG_NUMA)

/* The kernel hands ids out from zero, one for each memory device. */
#define MGID_MAX 1024

struct node_search {
	int nid;
	int blocks;
	unsigned long first, last;	/* block ids */
	struct memory_group *group;
	struct acpi_device *firmware;
};

/* Stops at a block for which the node will not do. */
static int look_at_block(struct memory_block *mem, void *arg)
{
	struct node_search *search = arg;

	if (mem->nid != search->nid)
		return 0;
	if (mem->state != MEM_OFFLINE || memhp_has_own_memmap(mem))
		return -EBUSY;

	if (!search->blocks) {
		search->group = mem->group;
		search->firmware = ACPI_COMPANION(&mem->dev);
		search->first = mem->dev.id;
		search->last = mem->dev.id;
	}
	if (mem->group != search->group ||
	    ACPI_COMPANION(&mem->dev) != search->firmware)
		return -EBUSY;
	search->first = min_t(unsigned long, search->first, mem->dev.id);
	search->last = max_t(unsigned long, search->last, mem->dev.id);
	search->blocks++;
	return 0;
}

static bool node_will_do(struct node_search *search)
{
	if (node_state(search->nid, N_MEMORY) ||
	    !cpumask_empty(cpumask_of_node(search->nid)))
		return false;
	if (for_each_memory_block(search, look_at_block) || !search->blocks)
		return false;
	return search->last - search->first + 1 == search->blocks;
}

static int group_id(struct memory_group *group)
{
	int mgid;

	if (!group)
		return MEMHP_NO_GROUP;
	for (mgid = 0; mgid < MGID_MAX; mgid++)
		if (memory_group_find_by_id(mgid) == group)
			return mgid;
	return -ENOENT;
}

#ifdef CONFIG_ACPI
/* Without this, ACPI would no longer find the blocks that it has to eject. */
static int bind_block(struct memory_block *mem, void *arg)
{
	return acpi_bind_one(&mem->dev, arg);
}

static int bind_blocks(struct memhp_node *node)
{
	if (!node->firmware)
		return 0;
	return walk_memory_blocks(node->start, node->size, node->firmware,
				  bind_block);
}
#else
static int bind_blocks(struct memhp_node *node)
{
	return 0;
}
#endif

static void bring_back(void *arg)
{
	struct memhp_node *node = arg;

	if (node->lent)
		WARN_ON(memhp_node_remove(node));
	/* A failed assertion may have left it away. */
	if (node->removed)
		WARN_ON(memhp_node_add(node));

	/* The list of an added node is not yet what all lists make of it. */
	memhp_rebuild_zonelists();
}

/**
 * memhp_node_get() - find a node that a test may take away
 * @test: the test that needs the node
 *
 * That is an online node without CPUs and without online memory, whose memory
 * blocks make up one range and belong to one memory group. When @test ends, the
 * node is brought back if it is away, and all zonelists are rebuilt.
 *
 * Context: process context, may sleep. Takes device_hotplug_lock.
 * Return: the node, or NULL if the machine has no such node.
 */
struct memhp_node *memhp_node_get(struct kunit *test)
{
	struct node_search search = {};
	struct memhp_node *node;
	bool found = false;
	int nid;

	node = kunit_kzalloc(test, sizeof(*node), GFP_KERNEL);
	if (!node)
		return NULL;

	lock_device_hotplug();
	for_each_online_node(nid) {
		search = (struct node_search){ .nid = nid };
		found = node_will_do(&search);
		if (found)
			break;
	}
	if (found) {
		node->nid = nid;
		node->mgid = group_id(search.group);
		node->start = search.first * memory_block_size_bytes();
		node->size = search.blocks * memory_block_size_bytes();
		node->firmware = search.firmware;
	}
	unlock_device_hotplug();

	if (!found || node->mgid == -ENOENT ||
	    kunit_add_action_or_reset(test, bring_back, node))
		return NULL;
	return node;
}

/**
 * memhp_node_remove() - remove all memory of a node
 * @node: the node
 *
 * Without CPUs and memory, the node goes offline. Its memory blocks cease to
 * exist: nobody may hold one of them.
 *
 * Context: process context, may sleep. Takes device_hotplug_lock,
 *	cpu_hotplug_lock and mem_hotplug_lock.
 * Return: 0 or a negative errno.
 */
int memhp_node_remove(struct memhp_node *node)
{
	int ret = remove_memory(node->start, node->size);

	if (!ret) {
		node->removed = true;
		node->lent = false;
	}
	return ret;
}

/**
 * memhp_node_add() - add the memory of a node again
 * @node: the node
 *
 * To the memory group that it belonged to, and bound to its firmware device:
 * nobody can tell that it was away.
 *
 * Context: process context, may sleep. Takes device_hotplug_lock,
 *	cpu_hotplug_lock and mem_hotplug_lock.
 * Return: 0 or a negative errno.
 */
int memhp_node_add(struct memhp_node *node)
{
	int ret;

	if (node->mgid == MEMHP_NO_GROUP)
		ret = add_memory(node->nid, node->start, node->size, MHP_NONE);
	else
		ret = add_memory(node->mgid, node->start, node->size,
				 MHP_NID_IS_MGID);
	if (ret)
		return ret;
	node->removed = false;
	return bind_blocks(node);
}

/**
 * memhp_node_lend() - give all memory of a node to another one
 * @node: the node
 * @nid: the other one
 *
 * So that the latter has more memory blocks, until the test ends. By then, they
 * must be offline.
 *
 * Context: process context, may sleep. Takes device_hotplug_lock,
 *	cpu_hotplug_lock and mem_hotplug_lock.
 * Return: 0 or a negative errno.
 */
int memhp_node_lend(struct memhp_node *node, int nid)
{
	int ret = memhp_node_remove(node);

	if (ret)
		return ret;
	ret = add_memory(nid, node->start, node->size, MHP_NONE);
	if (ret)
		return ret;
	node->removed = false;
	node->lent = true;
	return 0;
}

static int count_block(struct memory_block *mem, void *arg)
{
	struct node_search *search = arg;

	if (mem->nid == search->nid && mem->state == MEM_OFFLINE &&
	    mem->group == search->group &&
	    ACPI_COMPANION(&mem->dev) == search->firmware)
		search->blocks++;
	return 0;
}

/**
 * memhp_node_blocks() - count a node's memory blocks that are as they were
 * @node: the node
 *
 * Context: process context, may sleep. Takes device_hotplug_lock.
 * Return: the number of blocks in the node's range that are offline and belong
 *	to the node, its memory group and its firmware device.
 */
int memhp_node_blocks(struct memhp_node *node)
{
	struct node_search search = {
		.nid = node->nid,
		.group = node->mgid == MEMHP_NO_GROUP ? NULL :
			 memory_group_find_by_id(node->mgid),
		.firmware = node->firmware,
	};

	lock_device_hotplug();
	walk_memory_blocks(node->start, node->size, &search, count_block);
	unlock_device_hotplug();
	return search.blocks;
}

#else /* !CONFIG_MEMORY_HOTREMOVE || !CONFIG_NUMA */

struct memhp_node *memhp_node_get(struct kunit *test)
{
	return NULL;
}

int memhp_node_remove(struct memhp_node *node)
{
	return -EOPNOTSUPP;
}

int memhp_node_add(struct memhp_node *node)
{
	return -EOPNOTSUPP;
}

int memhp_node_lend(struct memhp_node *node, int nid)
{
	return -EOPNOTSUPP;
}

int memhp_node_blocks(struct memhp_node *node)
{
	return 0;
}

#endif
