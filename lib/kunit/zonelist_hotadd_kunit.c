// SPDX-License-Identifier: GPL-2.0
/*
 * A node that is added while the system runs: it gets its lists before it is
 * online, by build_all_zonelists(pgdat), and no other list is touched. The node
 * is one that has nothing but offline memory; its memory is removed, which
 * takes the node offline, and added again.
 */
#include <kunit/test.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>

#include "memhp_block.h"
#include "memhp_node.h"
#include "zonelist_oracle.h"
#include "zonelist_watch.h"

#define WATCHES_MAX 4

static struct memhp_node *get_node(struct kunit *test)
{
	struct memhp_node *node = memhp_node_get(test);

	if (!node)
		kunit_skip(test, "no node with nothing but offline memory");
	return node;
}

/* All lists at once, for a comparison of then and now. */
static char *all_lists_but(struct kunit *test, int but)
{
	int nid, list, len = 0, size = PAGE_SIZE;
	char *buf, *text;

	buf = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	for_each_node(nid) {
		for (list = 0; nid != but && list < MAX_ZONELISTS; list++) {
			text = zonelist_actual(test, nid, list);
			KUNIT_ASSERT_NOT_NULL(test, text);
			len += scnprintf(buf + len, size - len, "%s|", text);
			kunit_kfree(test, text);
		}
	}
	return buf;
}

/*
 * The node goes offline with its memory and comes back with it: the same memory
 * blocks, in the same memory group.
 */
static void node_goes_and_comes(struct kunit *test)
{
	struct memhp_node *node = get_node(test);
	int blocks = memhp_node_blocks(node);

	KUNIT_EXPECT_GT(test, blocks, 0);
	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);
	KUNIT_EXPECT_FALSE(test, node_online(node->nid));
	KUNIT_EXPECT_TRUE(test, node_possible(node->nid));
	KUNIT_EXPECT_EQ(test, memhp_node_blocks(node), 0);

	KUNIT_ASSERT_EQ(test, memhp_node_add(node), 0);
	KUNIT_EXPECT_TRUE(test, node_online(node->nid));
	KUNIT_EXPECT_FALSE(test, node_state(node->nid, N_MEMORY));
	KUNIT_EXPECT_EQ(test, memhp_node_blocks(node), blocks);
}

/*
 * Leave only the first zone in a list, so that a rebuild can be told from none.
 * Nobody uses the lists of an offline node without CPUs.
 */
static void cut_list(int nid, int list)
{
	struct zoneref *z = NODE_DATA(nid)->node_zonelists[list]._zonerefs;

	if (!z->zone)
		return;
	z[1].zone = NULL;
	z[1].zone_idx = 0;
}

/*
 * The node's own lists are built when it is added, and no other list changes.
 * Its fallback list is built as if it were the only one. So where nodes are
 * equally far, it may differ from what the next rebuild of all lists makes of
 * it.
 */
static void own_lists_are_built(struct kunit *test)
{
	struct memhp_node *node = get_node(test);
	char *others, *alone, *together, *own;

	others = all_lists_but(test, node->nid);
	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);
	cut_list(node->nid, ZONELIST_FALLBACK);
	KUNIT_ASSERT_EQ(test, memhp_node_add(node), 0);

	alone = zonelist_expected_alone(test, node->nid);
	together = zonelist_expected(test, node->nid, ZONELIST_FALLBACK);
	own = zonelist_actual(test, node->nid, ZONELIST_FALLBACK);
	KUNIT_ASSERT_NOT_NULL(test, alone);
	KUNIT_ASSERT_NOT_NULL(test, together);
	KUNIT_ASSERT_NOT_NULL(test, own);
	KUNIT_EXPECT_STREQ_MSG(test, own, alone,
			       "fallback list of the added node %d", node->nid);
	kunit_info(test, "list of the added node %d: %s, of all lists: %s",
		   node->nid, own, together);
	KUNIT_EXPECT_STREQ_MSG(test, all_lists_but(test, node->nid), others,
			       "lists of other nodes");

	memhp_rebuild_zonelists();
	zonelist_expect_all(test, "after the rebuild of all lists");
}

/**
 * struct list_watch - counts the stores that open a list
 * @watch: on the zone of the list's first entry, which every build stores to
 * @nid: whose list
 * @stores: how many
 */
struct list_watch {
	struct zonelist_watch watch;
	int nid;
	atomic_t stores;
};

static void count_store(struct zonelist_watch *watch, struct pt_regs *regs)
{
	atomic_inc(&container_of(watch, struct list_watch, watch)->stores);
}

/* Remove and add the node while the lists of some nodes are watched. */
static void watch_hotadd(struct kunit *test, struct memhp_node *node, int list,
			 struct list_watch *watches, int nr)
{
	struct zonelist *zl;
	int i, ret = 0;

	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);
	for (i = 0; i < nr && !ret; i++) {
		zl = &NODE_DATA(watches[i].nid)->node_zonelists[list];
		watches[i].watch.hit = count_store;
		ret = zonelist_watch_store(&watches[i].watch, zl, 0);
	}
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, memhp_node_add(node), 0);
	while (i--)
		zonelist_watch_disarm(&watches[i].watch);

	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&watches[i].stores),
				    watches[i].nid == node->nid,
				    "%s list of node %d when node %d is added",
				    zonelist_name(list), watches[i].nid,
				    node->nid);
}

/*
 * Not a single store goes to a list of another node, not even of the value that
 * is there already: whoever walks such a list meanwhile cannot be disturbed.
 */
static void no_other_list_is_stored_to(struct kunit *test)
{
	struct memhp_node *node = get_node(test);
	int slots = min(zonelist_watch_slots(), WATCHES_MAX);
	struct list_watch *watches;
	int nid, list, nr;

	zonelist_watch_require(test, 2, ZONELIST_STORES);
	watches = kunit_kcalloc(test, slots, sizeof(*watches), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, watches);

	for (list = 0; list < MAX_ZONELISTS; list++) {
		nid = first_node(node_possible_map);
		while (nid < MAX_NUMNODES) {
			memset(watches, 0, slots * sizeof(*watches));
			watches[0].nid = node->nid;
			for (nr = 1; nr < slots && nid < MAX_NUMNODES;
			     nid = next_node(nid, node_possible_map))
				if (nid != node->nid)
					watches[nr++].nid = nid;
			watch_hotadd(test, node, list, watches, nr);
		}
	}
}

/* The lists of all nodes follow when the added node gets memory and loses it. */
static void added_node_gets_memory(struct kunit *test)
{
	struct memhp_node *node = get_node(test);
	struct memory_block *mem;

	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);
	KUNIT_ASSERT_EQ(test, memhp_node_add(node), 0);

	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	KUNIT_ASSERT_NOT_NULL(test, mem);
	KUNIT_ASSERT_EQ(test, memhp_block_nid(mem), node->nid);
	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, MMOP_ONLINE_MOVABLE), 0);
	KUNIT_EXPECT_TRUE(test, node_state(node->nid, N_MEMORY));
	zonelist_expect_all(test, "after the added node got memory");

	KUNIT_ASSERT_EQ(test, memhp_block_offline(mem), 0);
	KUNIT_EXPECT_FALSE(test, node_state(node->nid, N_MEMORY));
	zonelist_expect_all(test, "after the added node lost its memory");
}

/*
 * The lists of a node that is away follow, too: who asks for memory of that node
 * gets it by its list.
 */
static void lists_follow_while_away(struct kunit *test)
{
	struct memhp_node *node = get_node(test);
	struct memory_block *mem;

	mem = memhp_block_get(test, MEMHP_NODE_WITH_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);
	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, MMOP_ONLINE_MOVABLE), 0);
	zonelist_expect_all(test, "with one zone more, while a node is away");
	KUNIT_ASSERT_EQ(test, memhp_block_offline(mem), 0);
	zonelist_expect_all(test, "with one zone less, while a node is away");
}

static struct kunit_case zonelist_hotadd_cases[] = {
	KUNIT_CASE(node_goes_and_comes),
	KUNIT_CASE(own_lists_are_built),
	KUNIT_CASE(no_other_list_is_stored_to),
	KUNIT_CASE(added_node_gets_memory),
	KUNIT_CASE(lists_follow_while_away),
	{}
};

static struct kunit_suite zonelist_hotadd_suite = {
	.name = "zonelist_hotadd",
	.test_cases = zonelist_hotadd_cases,
};

kunit_test_suite(zonelist_hotadd_suite);

MODULE_DESCRIPTION("KUnit test for the zonelists of a node that is added");
MODULE_LICENSE("GPL");
