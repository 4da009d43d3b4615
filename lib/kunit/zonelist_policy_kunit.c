// SPDX-License-Identifier: GPL-2.0
/*
 * What zonelists mean for an allocation, on nodes that lack something: memory,
 * CPUs, or a zone for the kernel. And a zone that has just got its first
 * memory: what it has when it becomes visible in the lists, and afterwards.
 */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/swap.h>
#include <linux/topology.h>
#include <linux/vmstat.h>

#include "memhp_block.h"
#include "memhp_compat.h"
#include "memhp_node.h"
#include "memhp_scenario.h"
#include "zonelist_oracle.h"
#include "zonelist_watch.h"

#define PATIENCE_MS (20 * MSEC_PER_SEC)

static struct zoneref *refs(int nid, int list)
{
	return NODE_DATA(nid)->node_zonelists[list]._zonerefs;
}

/* The node that the page came from, NUMA_NO_NODE if there was none. */
static int alloc_nid(int nid, gfp_t gfp)
{
	struct page *page = alloc_pages_node(nid, gfp | __GFP_NOWARN, 0);
	int from = NUMA_NO_NODE;

	if (page) {
		from = page_to_nid(page);
		__free_page(page);
	}
	return from;
}

static int decided_by_load(struct kunit *test)
{
	int nid, nr, decided = 0;

	get_online_mems();
	for_each_node(nid) {
		nr = zonelist_decided_by_load(test, nid);
		decided = nr < 0 ? nr : decided + nr;
		if (decided < 0)
			break;
	}
	put_online_mems();
	KUNIT_ASSERT_GE(test, decided, 0);
	return decided;
}

/*
 * Nodes that are equally far in several lists are spread over these. It takes
 * a machine on which that makes a difference.
 */
static void load_decides_ties(struct kunit *test)
{
	int decided;

	memhp_rebuild_zonelists();
	decided = decided_by_load(test);
	if (!decided)
		kunit_skip(test, "no list in which load alone decides");
	kunit_info(test, "load alone decides in %d places", decided);
	zonelist_expect_all(test, "where load decides");
}

/*
 * A node without memory takes from the node that is nearest. The kernel adds
 * one to the distance for CPUs, and one for a smaller number.
 */
static void memoryless_node(struct kunit *test)
{
	int nid, n, first, nearest, nr = 0;
	struct zoneref *z;

	for_each_online_node(nid) {
		if (node_state(nid, N_MEMORY))
			continue;
		nr++;
		z = refs(nid, ZONELIST_FALLBACK);
		KUNIT_ASSERT_NOT_NULL_MSG(test, z->zone,
					  "node %d has nothing to fall back to",
					  nid);
		first = zone_to_nid(z->zone);
		nearest = INT_MAX;
		for_each_node_state(n, N_MEMORY)
			nearest = min(nearest, node_distance(nid, n));
		KUNIT_EXPECT_LE_MSG(test, node_distance(nid, first),
				    nearest + 1 + PENALTY_FOR_NODE_WITH_CPUS,
				    "node %d falls back to node %d first", nid,
				    first);
		KUNIT_EXPECT_EQ(test, alloc_nid(nid, GFP_KERNEL), first);
		KUNIT_EXPECT_EQ(test,
				alloc_nid(nid, GFP_KERNEL | __GFP_THISNODE),
				NUMA_NO_NODE);
#ifdef CONFIG_NUMA
		KUNIT_EXPECT_NULL_MSG(test,
				      refs(nid, ZONELIST_NOFALLBACK)->zone,
				      "THISNODE list of node %d", nid);
#endif
	}
	if (!nr)
		kunit_skip(test, "no node without memory");
}

/*
 * A node without CPUs is used by whoever asks for it. No CPU is known to belong
 * to a node yet when the lists are built at boot, so build them again.
 */
static void cpuless_node(struct kunit *test)
{
	int nid, nr = 0;

	memhp_rebuild_zonelists();
	for_each_node_state(nid, N_NORMAL_MEMORY) {
		if (node_state(nid, N_CPU))
			continue;
		nr++;
		KUNIT_EXPECT_EQ(test,
				zone_to_nid(refs(nid, ZONELIST_FALLBACK)->zone),
				nid);
		KUNIT_EXPECT_EQ(test, alloc_nid(nid, GFP_KERNEL), nid);
		KUNIT_EXPECT_EQ(test,
				alloc_nid(nid, GFP_KERNEL | __GFP_THISNODE),
				nid);
	}
	if (!nr)
		kunit_skip(test, "no node with memory, without CPUs");
}

/* The node that the kernel's own allocations on a node should come from. */
static int first_kernel_nid(int nid)
{
	struct zoneref *z = refs(nid, ZONELIST_FALLBACK);

	while (z->zone && zone_idx(z->zone) > gfp_zone(GFP_KERNEL))
		z++;
	return z->zone ? zone_to_nid(z->zone) : NUMA_NO_NODE;
}

/*
 * A node that has ZONE_MOVABLE only has memory, but none for the kernel, whose
 * allocations go to the next node in the list.
 */
static void movable_only_node(struct kunit *test)
{
	struct memory_block *mem;
	int nid, next;

	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	nid = memhp_block_nid(mem);
	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, MMOP_ONLINE_MOVABLE), 0);
	zonelist_expect_all(test, "with a node that has ZONE_MOVABLE only");

	KUNIT_EXPECT_TRUE(test, node_state(nid, N_MEMORY));
	KUNIT_EXPECT_FALSE(test, node_state(nid, N_NORMAL_MEMORY));
	KUNIT_EXPECT_EQ(test, alloc_nid(nid, GFP_KERNEL | __GFP_THISNODE),
			NUMA_NO_NODE);
	KUNIT_EXPECT_EQ(test,
			alloc_nid(nid, GFP_HIGHUSER_MOVABLE | __GFP_THISNODE),
			nid);
	KUNIT_EXPECT_EQ(test, alloc_nid(nid, GFP_HIGHUSER_MOVABLE), nid);

	next = first_kernel_nid(nid);
	KUNIT_EXPECT_NE(test, next, NUMA_NO_NODE);
	KUNIT_EXPECT_NE(test, next, nid);
	KUNIT_EXPECT_EQ(test, alloc_nid(nid, GFP_KERNEL), next);
}

#ifdef CONFIG_MEMORY_HOTPLUG
static void set_movable_node(bool on)
{
	movable_node_enabled = on;
}
#else
static void set_movable_node(bool on)
{
}
#endif

static void restore_movable_node(void *was)
{
	set_movable_node(was);
}

/*
 * The zone of a block that is put online without saying which, on a node that
 * has no zone yet: the boot option "movable_node" decides.
 */
static void default_zone(struct kunit *test)
{
	void *was = (void *)(unsigned long)movable_node_is_enabled();
	struct memory_block *mem;
	struct zone *zones;
	int movable;

	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	zones = NODE_DATA(memhp_block_nid(mem))->node_zones;
	KUNIT_ASSERT_EQ(test,
			kunit_add_action(test, restore_movable_node, was), 0);

	for (movable = 0; movable < 2; movable++) {
		set_movable_node(movable);
		KUNIT_ASSERT_EQ(test, memhp_block_online(mem, MMOP_ONLINE), 0);
		KUNIT_EXPECT_PTR_EQ_MSG(test, mem->zone,
					&zones[movable ? ZONE_MOVABLE :
							 ZONE_NORMAL],
					"with movable_node %d", movable);
		KUNIT_ASSERT_EQ(test, memhp_block_offline(mem), 0);
	}
}

/**
 * struct state - what a zone and its node have at some moment
 * @taken: it was looked at
 * @boot_pageset: the zone's per-CPU pageset is that of zones without memory
 * @kswapd: the node has a kswapd
 * @present: pages of the zone
 * @managed: pages of the zone that the buddy allocator has or had
 * @free: free pages of the zone
 * @wmark: its watermarks
 */
struct state {
	bool taken;
	bool boot_pageset;
	bool kswapd;
	unsigned long present, managed, free;
	unsigned long wmark[NR_WMARK];
};

/**
 * struct birth - watches a zone get its first memory and lose it again
 * @watch: on the zone's entry in the first list that is rebuilt
 * @nb: told after the memory went online
 * @zref: that entry
 * @zone: the zone
 * @boot_pageset: the per-CPU pageset of zones without memory
 * @visible: when the zone had just been stored to the entry
 * @online: when all of the online operation was done
 * @gone: when the zone had just been overwritten in the entry
 */
struct birth {
	struct zonelist_watch watch;
	struct notifier_block nb;
	struct zoneref *zref;
	struct zone *zone;
	struct per_cpu_pages __percpu *boot_pageset;
	struct state visible, online, gone;
};

static bool has_boot_pageset(struct birth *b)
{
	return b->zone->per_cpu_pageset == b->boot_pageset;
}

static void take_state(struct birth *b, struct state *state)
{
	struct zone *zone = b->zone;
	int i;

	state->taken = true;
	state->boot_pageset = has_boot_pageset(b);
	state->kswapd = zone->zone_pgdat->kswapd;
	state->present = zone->present_pages;
	state->managed = zone_managed_pages(zone);
	state->free = zone_page_state(zone, NR_FREE_PAGES);
	for (i = 0; i < NR_WMARK; i++)
		state->wmark[i] = zone->_watermark[i];
}

static void entry_stored(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct birth *b = container_of(watch, struct birth, watch);

	if (b->zref->zone == b->zone)
		take_state(b, &b->visible);
	else
		take_state(b, &b->gone);
}

static int memory_online(struct notifier_block *nb, unsigned long action,
			 void *data)
{
	struct birth *b = container_of(nb, struct birth, nb);

	if (action == MEM_ONLINE)
		take_state(b, &b->online);
	return NOTIFY_OK;
}

static void unregister(void *nb)
{
	unregister_memory_notifier(nb);
}

static void disarm(void *watch)
{
	zonelist_watch_disarm(watch);
}

/* What a zone uses that never had memory. */
static struct per_cpu_pages __percpu *boot_pageset_of(struct kunit *test,
						      struct zone *but)
{
	struct zone *zone;

	for_each_zone(zone)
		if (zone != but && !populated_zone(zone))
			return zone->per_cpu_pageset;
	KUNIT_FAIL_AND_ABORT(test, "all zones have memory");
}

/* Where in the first list the zone turns up: try. */
static struct zoneref *find_entry(struct kunit *test, struct memory_block *mem,
				  int online_type, struct zone *zone)
{
	struct zoneref *z = refs(first_node(node_possible_map),
				 ZONELIST_FALLBACK);

	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, online_type), 0);
	while (z->zone && z->zone != zone)
		z++;
	KUNIT_ASSERT_PTR_EQ(test, z->zone, zone);
	KUNIT_ASSERT_EQ(test, memhp_block_offline(mem), 0);
	return z;
}

static void report_state(struct kunit *test, const char *when,
			 const struct state *s)
{
	kunit_info(test,
		   "%s: %s pageset, kswapd %d, present %lu managed %lu free %lu, watermarks %lu %lu %lu",
		   when, s->boot_pageset ? "boot" : "own", s->kswapd,
		   s->present, s->managed, s->free, s->wmark[WMARK_MIN],
		   s->wmark[WMARK_LOW], s->wmark[WMARK_HIGH]);
}

/* It has run, and sleeps until it is needed. */
static bool kswapd_sleeps(pg_data_t *pgdat)
{
	ktime_t deadline = ktime_add_ms(ktime_get(), PATIENCE_MS);

	/* Only looked at, again and again: no wake-up can be missed. */
	while (!waitqueue_active(&pgdat->kswapd_wait)) {
		if (!pgdat->kswapd || ktime_after(ktime_get(), deadline))
			return false;
		usleep_range(1000, 2000);
	}
	return true;
}

/* The lower zones keep something back from those who could use the new one. */
static void sum_reserves(struct zone *zone, unsigned long *kept, int *zones)
{
	struct zone *lower = zone->zone_pgdat->node_zones;

	*kept = 0;
	*zones = 0;
	for (; lower < zone; lower++) {
		if (!managed_zone(lower))
			continue;
		*kept += lower->lowmem_reserve[zone_idx(zone)];
		(*zones)++;
	}
}

/*
 * A zone gets its first memory. When it becomes visible, it has per-CPU lists
 * of its own, but no free page yet, and old watermarks. Everything is there
 * when the memory notifiers are told. When its last memory goes, it is visible
 * with the boot pageset for a moment; the buddy allocator has none of its pages
 * then.
 */
static void zone_is_born(struct kunit *test)
{
	const struct memhp_scenario *scenario = test->param_value;
	unsigned long kept_before, kept;
	struct memory_block *mem;
	struct zone *zone;
	struct birth *b;
	int lower;

	zonelist_watch_require(test, 1, ZONELIST_STORES);
	mem = memhp_scenario_block(test, &zone);
	sum_reserves(zone, &kept_before, &lower);

	b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b);
	b->zone = zone;
	b->boot_pageset = boot_pageset_of(test, zone);
	KUNIT_EXPECT_TRUE(test, has_boot_pageset(b));
	b->zref = find_entry(test, mem, scenario->online_type, zone);
	KUNIT_EXPECT_TRUE(test, has_boot_pageset(b));

	b->watch.hit = entry_stored;
	KUNIT_ASSERT_EQ(test, zonelist_watch_zone(&b->watch, b->zref,
						  ZONELIST_STORES), 0);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, disarm, &b->watch), 0);
	b->nb.notifier_call = memory_online;
	b->nb.priority = INT_MIN;
	KUNIT_ASSERT_EQ(test, register_memory_notifier(&b->nb), 0);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, unregister, &b->nb), 0);

	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, scenario->online_type),
			0);
	KUNIT_EXPECT_TRUE(test, kswapd_sleeps(zone->zone_pgdat));
	sum_reserves(zone, &kept, &lower);
	KUNIT_ASSERT_EQ(test, memhp_block_offline(mem), 0);
	report_state(test, "visible", &b->visible);
	report_state(test, "online", &b->online);
	report_state(test, "gone", &b->gone);

	KUNIT_ASSERT_TRUE(test, b->visible.taken);
	KUNIT_EXPECT_FALSE(test, b->visible.boot_pageset);

	KUNIT_ASSERT_TRUE(test, b->online.taken);
	KUNIT_EXPECT_FALSE(test, b->online.boot_pageset);
	KUNIT_EXPECT_TRUE(test, b->online.kswapd);
	KUNIT_EXPECT_GT(test, b->online.wmark[WMARK_MIN], 0);
	KUNIT_EXPECT_GT(test, b->online.wmark[WMARK_LOW],
			b->online.wmark[WMARK_MIN]);
	KUNIT_EXPECT_GT(test, b->online.wmark[WMARK_HIGH],
			b->online.wmark[WMARK_LOW]);
	KUNIT_EXPECT_LT(test, b->online.wmark[WMARK_HIGH], b->online.free);
	if (lower)
		KUNIT_EXPECT_GT(test, kept, kept_before);

	KUNIT_ASSERT_TRUE(test, b->gone.taken);
	KUNIT_EXPECT_EQ(test, b->gone.managed, 0);
	KUNIT_EXPECT_EQ(test, b->gone.free, 0);
	KUNIT_EXPECT_TRUE(test, has_boot_pageset(b));
	KUNIT_EXPECT_EQ(test, !!zone->zone_pgdat->kswapd,
			node_state(zone_to_nid(zone), N_MEMORY));
}

static struct kunit_case zonelist_policy_cases[] = {
	KUNIT_CASE(load_decides_ties),
	KUNIT_CASE(memoryless_node),
	KUNIT_CASE(cpuless_node),
	KUNIT_CASE(movable_only_node),
	KUNIT_CASE(default_zone),
	KUNIT_CASE_PARAM(zone_is_born, memhp_scenario_gen_params),
	{}
};

static struct kunit_suite zonelist_policy_suite = {
	.name = "zonelist_policy",
	.test_cases = zonelist_policy_cases,
};

kunit_test_suite(zonelist_policy_suite);

MODULE_DESCRIPTION("KUnit test for what zonelists mean for an allocation");
MODULE_LICENSE("GPL");
