// SPDX-License-Identifier: GPL-2.0
/*
 * Memory blocks for KUnit tests: find one that may be toggled, and toggle it
 * the way a write to its "state" file does.
 */
#include <kunit/resource.h>
#include <linux/device.h>

#include "memhp_block.h"
#include "memhp_compat.h"

#ifdef CONFIG_MEMORY_HOTPLUG

struct block_search {
	enum memhp_node_kind kind;
	struct memory_block *found;
};

static bool node_matches(int nid, enum memhp_node_kind kind)
{
	bool has_memory = node_state(nid, N_MEMORY);
	bool has_cpus = node_state(nid, N_CPU);

	switch (kind) {
	case MEMHP_NODE_WITH_MEMORY:
		return has_memory;
	case MEMHP_NODE_WITHOUT_CPUS:
		return has_memory && !has_cpus;
	case MEMHP_NODE_WITHOUT_MEMORY:
		return !has_memory && !has_cpus;
	case MEMHP_NODE_WITHOUT_LOCAL_MEMORY:
		return !has_memory && has_cpus;
	}
	return false;
}

static int match_block(struct memory_block *mem, void *arg)
{
	struct block_search *search = arg;

	if (mem->state != MEM_OFFLINE || !node_matches(mem->nid, search->kind))
		return 0;

	get_device(&mem->dev);
	search->found = mem;
	return 1;
}

static void put_block(void *mem)
{
	/* A failed assertion may have left it online. */
	memhp_block_offline(mem);
	put_device(&((struct memory_block *)mem)->dev);
}

static struct memory_block *put_later(struct kunit *test,
				      struct memory_block *mem)
{
	if (mem && kunit_add_action_or_reset(test, put_block, mem))
		return NULL;
	return mem;
}

/**
 * memhp_block_get() - find an offline memory block that a test may toggle
 * @test: the test that needs the block
 * @kind: which node it shall belong to
 *
 * A block that is offline holds nobody's data, so onlining and offlining it
 * again harms no one. The block is put back offline, and the reference to it
 * dropped, when @test ends.
 *
 * Context: process context, may sleep. Takes device_hotplug_lock.
 * Return: the block, or NULL if the machine has none of that kind.
 */
struct memory_block *memhp_block_get(struct kunit *test,
				     enum memhp_node_kind kind)
{
	struct block_search search = { .kind = kind };

	lock_device_hotplug();
	for_each_memory_block(&search, match_block);
	unlock_device_hotplug();
	return put_later(test, search.found);
}

static int take_offline_block(struct memory_block *mem, void *arg)
{
	struct memory_block **found = arg;

	if (mem->state != MEM_OFFLINE)
		return 0;
	get_device(&mem->dev);
	*found = mem;
	return 1;
}

/**
 * memhp_block_at() - get the memory block at an address, if it is offline
 * @test: the test that needs the block
 * @start: physical address at which the block begins
 *
 * The block is put back offline, and the reference to it dropped, when @test
 * ends.
 *
 * Context: process context, may sleep. Takes device_hotplug_lock.
 * Return: the block, or NULL if there is none or it is not offline.
 */
struct memory_block *memhp_block_at(struct kunit *test, u64 start)
{
	struct memory_block *found = NULL;

	lock_device_hotplug();
	walk_memory_blocks(start, memory_block_size_bytes(), &found,
			   take_offline_block);
	unlock_device_hotplug();
	return put_later(test, found);
}

/**
 * memhp_block_nid() - node of a memory block
 * @mem: the block
 *
 * Context: any.
 * Return: the node id.
 */
int memhp_block_nid(struct memory_block *mem)
{
	return mem->nid;
}

/**
 * memhp_block_online() - put a memory block online
 * @mem: the block
 * @online_type: MMOP_ONLINE, MMOP_ONLINE_KERNEL or MMOP_ONLINE_MOVABLE
 *
 * Context: process context, may sleep. Takes device_hotplug_lock and, through
 *	the device core, cpu_hotplug_lock and mem_hotplug_lock.
 * Return: 0 if it went online, 1 if it was online, or a negative errno.
 */
int memhp_block_online(struct memory_block *mem, int online_type)
{
	int ret;

	lock_device_hotplug();
	mem->online_type = online_type;
	ret = device_online(&mem->dev);
	unlock_device_hotplug();
	return ret;
}

/**
 * memhp_block_offline() - take a memory block offline
 * @mem: the block
 *
 * Retries for as long as pages can be migrated: call it only where nothing
 * unmovable can be in the block.
 *
 * Context: process context, may sleep. Takes device_hotplug_lock and, through
 *	the device core, cpu_hotplug_lock and mem_hotplug_lock.
 * Return: 0 if it went offline, 1 if it was offline, or a negative errno.
 */
int memhp_block_offline(struct memory_block *mem)
{
	int ret;

	lock_device_hotplug();
	ret = device_offline(&mem->dev);
	unlock_device_hotplug();
	return ret;
}

#else /* !CONFIG_MEMORY_HOTPLUG */

struct memory_block *memhp_block_get(struct kunit *test,
				     enum memhp_node_kind kind)
{
	return NULL;
}

struct memory_block *memhp_block_at(struct kunit *test, u64 start)
{
	return NULL;
}

int memhp_block_nid(struct memory_block *mem)
{
	return NUMA_NO_NODE;
}

int memhp_block_online(struct memory_block *mem, int online_type)
{
	return -EOPNOTSUPP;
}

int memhp_block_offline(struct memory_block *mem)
{
	return -EOPNOTSUPP;
}

#endif
