// SPDX-License-Identifier: GPL-2.0
/*
 * Where slab takes memory for a node that has none, that had some or nearly got
 * some, that nearly lost it, or whose memory is not for the kernel.
 */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "memhp_block.h"
#include "memhp_compat.h"

#ifdef CONFIG_MEMORY_HOTREMOVE

#define OBJECT_SIZE	64
#define NR_OBJECTS	16

static void destroy_cache(void *cache)
{
	kmem_cache_destroy(cache);
}

/*
 * Before a node gets memory: what the cache needs for itself would come from there,
 * and be left behind.
 */
static struct kmem_cache *create_cache(struct kunit *test)
{
	struct kmem_cache *cache;

	cache = kmem_cache_create("memhp_slab", OBJECT_SIZE, 0, SLAB_NO_MERGE,
				  NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, destroy_cache, cache),
			0);
	return cache;
}

/* All objects fit into one slab of one CPU. */
static void expect_one_slab(struct kunit *test, struct kmem_cache *cache,
			    int nid, const char *when)
{
	void *objects[NR_OBJECTS];
	int i, slabs = 0;

	migrate_disable();
	for (i = 0; i < NR_OBJECTS; i++)
		objects[i] = kmem_cache_alloc_node(cache, GFP_KERNEL, nid);
	migrate_enable();

	for (i = 0; i < NR_OBJECTS; i++) {
		KUNIT_EXPECT_NOT_NULL(test, objects[i]);
		slabs += objects[i] &&
			 (!i || virt_to_head_page(objects[i]) !=
				virt_to_head_page(objects[i - 1]));
	}
	KUNIT_EXPECT_EQ_MSG(test, slabs, 1, "for node %d %s", nid, when);

	for (i = 0; i < NR_OBJECTS; i++)
		kmem_cache_free(cache, objects[i]);
}

static void expect_object_on(struct kunit *test, struct kmem_cache *cache,
			     int nid)
{
	void *object = kmem_cache_alloc_node(cache, GFP_KERNEL | __GFP_THISNODE,
					     nid);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_EQ(test, page_to_nid(virt_to_page(object)), nid);
	kmem_cache_free(cache, object);
}

static int refuse(struct notifier_block *nb, unsigned long action, void *data)
{
	return action == MEM_GOING_ONLINE || action == MEM_GOING_OFFLINE ?
	       notifier_from_errno(-EBUSY) : NOTIFY_OK;
}

/* After slab: it has made ready for what is refused then. */
static struct notifier_block veto = {
	.notifier_call = refuse,
	.priority = INT_MIN,
};

static struct memory_block *get_block(struct kunit *test)
{
	struct memory_block *mem;

	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	return mem;
}

/*
 * Who asks for an object on a node without memory gets one from elsewhere, and
 * the next one from the same slab. The same when the node had memory once, or
 * would have if nobody had refused.
 */
static void node_without_memory(struct kunit *test)
{
	struct memory_block *mem = get_block(test);
	struct kmem_cache *cache;
	int nid;

	nid = memhp_block_nid(mem);
	cache = create_cache(test);
	expect_one_slab(test, cache, nid, "before it had memory");

	KUNIT_ASSERT_EQ(test, register_memory_notifier(&veto), 0);
	KUNIT_EXPECT_EQ(test, memhp_block_online(mem, MMOP_ONLINE_KERNEL),
			-EBUSY);
	unregister_memory_notifier(&veto);
	expect_one_slab(test, cache, nid, "after a veto");

	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, MMOP_ONLINE_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, memhp_block_offline(mem), 0);
	expect_one_slab(test, cache, nid, "after it had memory");
}

/* A node keeps the only memory that it has, and slab still uses it. */
static void node_keeps_memory(struct kunit *test)
{
	struct memory_block *mem = get_block(test);
	struct kmem_cache *cache;

	cache = create_cache(test);
	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, MMOP_ONLINE_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, register_memory_notifier(&veto), 0);
	KUNIT_EXPECT_EQ(test, memhp_block_offline(mem), -EBUSY);
	unregister_memory_notifier(&veto);
	expect_object_on(test, cache, memhp_block_nid(mem));
}

/* ZONE_MOVABLE is not for slab: such a node is like one without memory. */
static void node_with_movable_memory(struct kunit *test)
{
	struct memory_block *mem = get_block(test);
	struct kmem_cache *cache;

	cache = create_cache(test);
	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, MMOP_ONLINE_MOVABLE), 0);
	expect_one_slab(test, cache, memhp_block_nid(mem),
			"with ZONE_MOVABLE only");
}

#else /* !CONFIG_MEMORY_HOTREMOVE */

static void node_without_memory(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void node_keeps_memory(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void node_with_movable_memory(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

#endif

static struct kunit_case memhp_slab_cases[] = {
	KUNIT_CASE(node_without_memory),
	KUNIT_CASE(node_keeps_memory),
	KUNIT_CASE(node_with_movable_memory),
	{}
};

static struct kunit_suite memhp_slab_suite = {
	.name = "memhp_slab",
	.test_cases = memhp_slab_cases,
};

kunit_test_suite(memhp_slab_suite);

MODULE_DESCRIPTION("KUnit test for where slab takes memory for a node");
MODULE_LICENSE("GPL");
