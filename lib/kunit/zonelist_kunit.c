// SPDX-License-Identifier: GPL-2.0
/*
 * Zonelists at rest: they are what the populated zones and the node distances
 * say, before and after a rebuild, and after a block of memory has populated
 * and emptied a zone; and walks take from them what they may.
 */
#include <kunit/test.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>

#include "memhp_node.h"
#include "memhp_scenario.h"
#include "zonelist_oracle.h"

/*
 * Every node's fallback list is the oracle's. Not as found: the lists of boot
 * were built before any node had a CPU, which can put nodes that are equally far
 * away in another order; and the list of a node that was added later was built
 * for it alone, as zonelist_hotadd shows.
 */
static void fallback_matches_oracle(struct kunit *test)
{
	int nid;

	memhp_rebuild_zonelists();
	for_each_node(nid)
		zonelist_expect_list(test, nid, ZONELIST_FALLBACK,
				     "after a rebuild");
}

/* Every node's THISNODE list after boot is the oracle's. */
static void thisnode_matches_oracle(struct kunit *test)
{
#ifdef CONFIG_NUMA
	int nid;

	for_each_node(nid)
		zonelist_expect_list(test, nid, ZONELIST_NOFALLBACK,
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
			memhp_rebuild_zonelists();
			after = zonelist_actual(test, nid, list);
			KUNIT_ASSERT_NOT_NULL(test, after);
			KUNIT_EXPECT_STREQ_MSG(test, after, before,
					       "%s list of node %d",
					       zonelist_name(list), nid);
			kunit_kfree(test, before);
			kunit_kfree(test, after);
		}
	}
	zonelist_expect_all(test, "after rebuilds");
}

/*
 * A walk for some nodes and zones, as under a memory policy or in a cpuset, sees
 * the zones of the list that are of both, in their order, and no other.
 */
static void expect_walk(struct kunit *test, int nid, enum zone_type highest,
			nodemask_t *nodes)
{
	struct zonelist *zonelist =
		&NODE_DATA(nid)->node_zonelists[ZONELIST_FALLBACK];
	struct zoneref *z = first_zones_zonelist(zonelist, highest, nodes);
	struct zoneref *ref;

	for (ref = zonelist->_zonerefs; ref->zone; ref++) {
		if (ref->zone_idx > highest ||
		    !node_isset(zone_to_nid(ref->zone), *nodes))
			continue;
		KUNIT_EXPECT_PTR_EQ_MSG(test, z->zone, ref->zone,
					"fallback list of node %d, zones up to %d",
					nid, highest);
		if (!z->zone)
			return;
		z = next_zones_zonelist(z + 1, highest, nodes);
	}
	KUNIT_EXPECT_NULL_MSG(test, z->zone,
			      "fallback list of node %d, zones up to %d", nid,
			      highest);
}

static void expect_walks(struct kunit *test)
{
	enum zone_type highest;
	nodemask_t one;
	int nid, of;

	for_each_online_node(nid) {
		for (highest = 0; highest < MAX_NR_ZONES; highest++) {
			expect_walk(test, nid, highest, &node_states[N_ONLINE]);
			for_each_online_node(of) {
				one = nodemask_of_node(of);
				expect_walk(test, nid, highest, &one);
			}
		}
	}
}

/*
 * All lists follow when onlining a block populates a zone, and again when
 * offlining it empties the zone.
 */
static void hotplug_populates_and_empties(struct kunit *test)
{
	const struct memhp_scenario *scenario = test->param_value;
	struct memory_block *mem;
	struct zone *zone;

	mem = memhp_scenario_block(test, &zone);
	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, scenario->online_type),
			0);
	KUNIT_EXPECT_TRUE(test, populated_zone(zone));
	zonelist_expect_all(test, "after the zone was populated");
	expect_walks(test);

	KUNIT_ASSERT_EQ(test, memhp_block_offline(mem), 0);
	KUNIT_EXPECT_FALSE(test, populated_zone(zone));
	zonelist_expect_all(test, "after the zone was emptied");
}

static struct kunit_case zonelist_cases[] = {
	KUNIT_CASE(fallback_matches_oracle),
	KUNIT_CASE(thisnode_matches_oracle),
	KUNIT_CASE(no_duplicates),
	KUNIT_CASE(rebuild_is_idempotent),
	KUNIT_CASE_PARAM(hotplug_populates_and_empties,
			 memhp_scenario_gen_params),
	{}
};

static struct kunit_suite zonelist_suite = {
	.name = "zonelist",
	.test_cases = zonelist_cases,
};

kunit_test_suite(zonelist_suite);

MODULE_DESCRIPTION("KUnit test for zonelists at rest and across hotplug");
MODULE_LICENSE("GPL");
