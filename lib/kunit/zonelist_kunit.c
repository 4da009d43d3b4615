// SPDX-License-Identifier: GPL-2.0
/*
 * Zonelists at rest: they are what the populated zones and the node distances
 * say, before and after a rebuild, and after a block of memory has populated
 * and emptied a zone.
 */
#include <kunit/test.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>

#include "memhp_block.h"
#include "zonelist_oracle.h"

/**
 * expect_list_as_expected() - compare one list, entry by entry, to the oracle
 * @test: the running test
 * @nid: a possible node
 * @list: ZONELIST_FALLBACK or ZONELIST_NOFALLBACK
 * @when: what happened before, for the message
 *
 * Context: process context, may sleep. Takes mem_hotplug_lock for reading.
 */
static void expect_list_as_expected(struct kunit *test, int nid, int list,
				    const char *when)
{
	char *expected, *actual;

	get_online_mems();
	expected = zonelist_expected(test, nid, list);
	actual = zonelist_actual(test, nid, list);
	put_online_mems();

	KUNIT_ASSERT_NOT_NULL(test, expected);
	KUNIT_ASSERT_NOT_NULL(test, actual);
	KUNIT_EXPECT_STREQ_MSG(test, actual, expected,
			       "%s list of node %d %s",
			       zonelist_name(list), nid, when);
	kunit_kfree(test, expected);
	kunit_kfree(test, actual);
}

static void expect_all_as_expected(struct kunit *test, const char *when)
{
	int nid, list;

	for_each_node(nid)
		for (list = 0; list < MAX_ZONELISTS; list++)
			expect_list_as_expected(test, nid, list, when);
}

static void rebuild(void)
{
	mem_hotplug_begin();
	build_all_zonelists(NULL);
	mem_hotplug_done();
}

/* Every node's fallback list after boot is the oracle's. */
static void fallback_matches_oracle(struct kunit *test)
{
	int nid;

	for_each_node(nid)
		expect_list_as_expected(test, nid, ZONELIST_FALLBACK,
					"as found");
}

/* Every node's THISNODE list after boot is the oracle's. */
static void thisnode_matches_oracle(struct kunit *test)
{
#ifdef CONFIG_NUMA
	int nid;

	for_each_node(nid)
		expect_list_as_expected(test, nid, ZONELIST_NOFALLBACK,
					"as found");
#else
	kunit_skip(test, "no THISNODE lists without CONFIG_NUMA");
#endif
}

/* Both kinds of list: no zone twice, every zone one of the node's it names. */
static void no_duplicates(struct kunit *test)
{
	int nid, list;

	for_each_node(nid) {
		for (list = 0; list < MAX_ZONELISTS; list++) {
			struct zoneref *refs, *z, *y;
			struct zone *zones;
			int i;

			refs = NODE_DATA(nid)->node_zonelists[list]._zonerefs;
			for (i = 0; i < MAX_ZONES_PER_ZONELIST; i++) {
				z = &refs[i];
				if (!z->zone)
					break;
				zones = NODE_DATA(zone_to_nid(z->zone))->node_zones;
				KUNIT_EXPECT_PTR_EQ_MSG(test, z->zone,
							&zones[z->zone_idx],
							"%s list of node %d, entry %d",
							zonelist_name(list),
							nid, i);
				for (y = refs; y < z; y++)
					KUNIT_EXPECT_PTR_NE_MSG(test, y->zone,
								z->zone,
								"%s list of node %d has %d:%s twice",
								zonelist_name(list),
								nid,
								zone_to_nid(z->zone),
								z->zone->name);
			}
		}
	}
}

/* A rebuild of unchanged zones changes no list. */
static void rebuild_is_idempotent(struct kunit *test)
{
	char *before, *after;
	int nid, list;

	for_each_node(nid) {
		for (list = 0; list < MAX_ZONELISTS; list++) {
			before = zonelist_actual(test, nid, list);
			KUNIT_ASSERT_NOT_NULL(test, before);
			rebuild();
			after = zonelist_actual(test, nid, list);
			KUNIT_ASSERT_NOT_NULL(test, after);
			KUNIT_EXPECT_STREQ_MSG(test, after, before,
					       "%s list of node %d",
					       zonelist_name(list), nid);
			kunit_kfree(test, before);
			kunit_kfree(test, after);
		}
	}
	expect_all_as_expected(test, "after rebuilds");
}

struct hotplug_param {
	const char *desc;
	enum memhp_node_kind kind;
	int online_type;
	enum zone_type zone;
};

static const struct hotplug_param hotplug_params[] = {
	{
		.desc = "movable zone of a node with memory",
		.kind = MEMHP_NODE_WITH_MEMORY,
		.online_type = MMOP_ONLINE_MOVABLE,
		.zone = ZONE_MOVABLE,
	}, {
		.desc = "movable zone of a node without memory",
		.kind = MEMHP_NODE_WITHOUT_MEMORY,
		.online_type = MMOP_ONLINE_MOVABLE,
		.zone = ZONE_MOVABLE,
	}, {
		.desc = "kernel zone of a node without memory",
		.kind = MEMHP_NODE_WITHOUT_MEMORY,
		.online_type = MMOP_ONLINE_KERNEL,
		.zone = ZONE_NORMAL,
	},
};

KUNIT_ARRAY_PARAM_DESC(hotplug, hotplug_params, desc);

/*
 * All lists follow when onlining a block populates a zone, and again when
 * offlining it empties the zone.
 */
static void hotplug_populates_and_empties(struct kunit *test)
{
	const struct hotplug_param *p = test->param_value;
	struct memory_block *mem;
	struct zone *zone;

	mem = memhp_block_get(test, p->kind);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	zone = &NODE_DATA(memhp_block_nid(mem))->node_zones[p->zone];
	KUNIT_ASSERT_FALSE_MSG(test, populated_zone(zone),
			       "the block would not populate the zone");

	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, p->online_type), 0);
	KUNIT_EXPECT_TRUE(test, populated_zone(zone));
	expect_all_as_expected(test, "after the zone was populated");

	KUNIT_ASSERT_EQ(test, memhp_block_offline(mem), 0);
	KUNIT_EXPECT_FALSE(test, populated_zone(zone));
	expect_all_as_expected(test, "after the zone was emptied");
}

static struct kunit_case zonelist_cases[] = {
	KUNIT_CASE(fallback_matches_oracle),
	KUNIT_CASE(thisnode_matches_oracle),
	KUNIT_CASE(no_duplicates),
	KUNIT_CASE(rebuild_is_idempotent),
	KUNIT_CASE_PARAM(hotplug_populates_and_empties, hotplug_gen_params),
	{}
};

static struct kunit_suite zonelist_suite = {
	.name = "zonelist",
	.test_cases = zonelist_cases,
};

kunit_test_suite(zonelist_suite);

MODULE_DESCRIPTION("KUnit test for zonelists at rest and across hotplug");
MODULE_LICENSE("GPL");
