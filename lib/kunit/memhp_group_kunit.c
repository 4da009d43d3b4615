// SPDX-License-Identifier: GPL-2.0
/*
 * Memory groups, which say what a driver's memory blocks have in common: what is
 * no group, who finds one, and that none goes while blocks belong to it.
 */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/pfn.h>

#include "memhp_compat.h"
#include "memhp_node.h"

#ifdef CONFIG_MEMORY_HOTPLUG

static unsigned long block_pages(void)
{
	return PHYS_PFN(memory_block_size_bytes());
}

static void unregister(void *mgid)
{
	memory_group_unregister((long)mgid);
}

/* A new group, which goes with the test. */
static struct memory_group *new_group(struct kunit *test, int nid, bool dynamic)
{
	long mgid = dynamic ?
		memory_group_register_dynamic(nid, 2 * block_pages()) :
		memory_group_register_static(nid, 3 * block_pages());

	KUNIT_ASSERT_GE(test, mgid, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unregister,
							(void *)mgid), 0);
	return memory_group_find_by_id(mgid);
}

/* A group has a node and pages, a dynamic one whole units of memory blocks. */
static void bad_group_is_refused(struct kunit *test)
{
	const int nid = first_online_node;
	const unsigned long block = block_pages();

	KUNIT_EXPECT_EQ(test, memory_group_register_static(nid, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, memory_group_register_dynamic(nid, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, memory_group_register_dynamic(nid, block / 2),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, memory_group_register_dynamic(nid, 3 * block),
			-EINVAL);
	if (nodes_full(node_possible_map))
		return;
	KUNIT_EXPECT_EQ(test, memory_group_register_static
			(first_unset_node(node_possible_map), block), -EINVAL);
	KUNIT_EXPECT_EQ(test, memory_group_register_dynamic
			(first_unset_node(node_possible_map), block), -EINVAL);
}

/* A group is what it was registered as, until it is not there any more. */
static void group_comes_and_goes(struct kunit *test)
{
	const int nid = first_online_node;
	struct memory_group *group;
	int mgid;

	mgid = memory_group_register_static(nid, 3 * block_pages());
	KUNIT_ASSERT_GE(test, mgid, 0);
	group = memory_group_find_by_id(mgid);
	KUNIT_ASSERT_NOT_NULL(test, group);
	KUNIT_EXPECT_EQ(test, group->nid, nid);
	KUNIT_EXPECT_FALSE(test, group->is_dynamic);
	KUNIT_EXPECT_EQ(test, group->s.max_pages, 3 * block_pages());
	KUNIT_EXPECT_TRUE(test, list_empty(&group->memory_blocks));
	KUNIT_EXPECT_EQ(test, memory_group_unregister(mgid), 0);
	KUNIT_EXPECT_NULL(test, memory_group_find_by_id(mgid));
	KUNIT_EXPECT_EQ(test, memory_group_unregister(mgid), -EINVAL);
	KUNIT_EXPECT_EQ(test, memory_group_unregister(MEMHP_NO_GROUP),
			-EINVAL);

	group = new_group(test, nid, true);
	KUNIT_ASSERT_NOT_NULL(test, group);
	KUNIT_EXPECT_EQ(test, group->nid, nid);
	KUNIT_EXPECT_TRUE(test, group->is_dynamic);
	KUNIT_EXPECT_EQ(test, group->d.unit_pages, 2 * block_pages());
}

/* A group does not go while memory blocks belong to it. */
static void group_in_use_stays(struct kunit *test)
{
	struct memhp_node *node = memhp_node_get(test);
	struct memory_group *group;

	if (!node || node->mgid == MEMHP_NO_GROUP)
		kunit_skip(test, "no node with nothing but offline memory of a group");
	group = memory_group_find_by_id(node->mgid);
	KUNIT_ASSERT_NOT_NULL(test, group);
	KUNIT_EXPECT_FALSE(test, list_empty(&group->memory_blocks));
	KUNIT_EXPECT_EQ(test, memory_group_unregister(node->mgid), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, memory_group_find_by_id(node->mgid), group);

	/* Without blocks, it would. They come back to the same one. */
	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&group->memory_blocks));
	KUNIT_ASSERT_EQ(test, memhp_node_add(node), 0);
	KUNIT_EXPECT_FALSE(test, list_empty(&group->memory_blocks));
}

/**
 * struct group_walk - groups of a test, and which of them a walk came to
 * @groups: the groups
 * @seen: how often it came to each
 * @total: how many groups it came to, others' included
 * @stop: what to end the walk with, at once, if not 0
 */
struct group_walk {
	struct memory_group *groups[4];
	int seen[4];
	int total;
	int stop;
};

static int come_by(struct memory_group *group, void *arg)
{
	struct group_walk *walk = arg;
	int i;

	for (i = 0; i < ARRAY_SIZE(walk->groups); i++)
		walk->seen[i] += group == walk->groups[i];
	walk->total++;
	return walk->stop;
}

static void expect_walk(struct kunit *test, struct group_walk *walk, int nid,
			struct memory_group *but, int one, int other)
{
	const int wanted[] = { one, other, 0, 0 };
	int i;

	memset(walk->seen, 0, sizeof(walk->seen));
	KUNIT_EXPECT_EQ(test, walk_dynamic_memory_groups(nid, come_by, but,
							 walk), 0);
	for (i = 0; i < ARRAY_SIZE(wanted); i++)
		KUNIT_EXPECT_EQ_MSG(test, walk->seen[i], wanted[i], "group %d",
				    i);
}

/* Of dynamic groups, of a node's or of all, but for one. */
static void walk_meets_dynamic_groups(struct kunit *test)
{
	const int nid = first_online_node;
	const int far = next_online_node(nid);
	struct group_walk walk = {};

	walk.groups[0] = new_group(test, nid, true);
	if (far != MAX_NUMNODES)
		walk.groups[1] = new_group(test, far, true);
	walk.groups[2] = new_group(test, nid, false);
	if (far != MAX_NUMNODES)
		walk.groups[3] = new_group(test, far, false);

	expect_walk(test, &walk, NUMA_NO_NODE, NULL, 1, !!walk.groups[1]);
	expect_walk(test, &walk, NUMA_NO_NODE, walk.groups[0], 0,
		    !!walk.groups[1]);
	expect_walk(test, &walk, nid, NULL, 1, 0);
	if (walk.groups[1])
		expect_walk(test, &walk, far, walk.groups[0], 0, 1);

	walk.total = 0;
	walk.stop = -ECANCELED;
	KUNIT_EXPECT_EQ(test, walk_dynamic_memory_groups(nid, come_by, NULL,
							 &walk), -ECANCELED);
	KUNIT_EXPECT_EQ(test, walk.total, 1);
}

#else

static void bad_group_is_refused(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTPLUG");
}

static void group_comes_and_goes(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTPLUG");
}

static void group_in_use_stays(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTPLUG");
}

static void walk_meets_dynamic_groups(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTPLUG");
}

#endif

static struct kunit_case memhp_group_cases[] = {
	KUNIT_CASE(bad_group_is_refused),
	KUNIT_CASE(group_comes_and_goes),
	KUNIT_CASE(group_in_use_stays),
	KUNIT_CASE(walk_meets_dynamic_groups),
	{}
};

static struct kunit_suite memhp_group_suite = {
	.name = "memhp_group",
	.test_cases = memhp_group_cases,
};

kunit_test_suite(memhp_group_suite);

MODULE_DESCRIPTION("KUnit test for groups of memory blocks");
MODULE_LICENSE("GPL");
