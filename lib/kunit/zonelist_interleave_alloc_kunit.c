// SPDX-License-Identifier: GPL-2.0
/*
 * The page allocator itself as the reader of zonelists that are rewritten in
 * place: every way in which the walk of one allocation and one rebuild can
 * interleave, as in zonelist_interleave_kunit.c.
 *
 * In a fallback list, the allocation may use no node but that of the last zone,
 * so its walk passes all the entries before. It is parked at one of them,
 * before the rebuild begins; the rebuild is stopped after a store; then the
 * allocation goes on. In a THISNODE list there is nothing to pass: the
 * allocation begins when the rebuild has been stopped.
 *
 * The list stands still while the rebuild is stopped, so it is known whether
 * the walk will come to a zone of the allowed node. If so, the allocation must
 * be done before the rebuild goes on. If not, it has to wait for the rebuild.
 * Either way it must succeed, for the allowed node has memory throughout.
 */
#include <kunit/test.h>
#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/memory_hotplug.h>
#include <linux/sched.h>

#include "memhp_compat.h"
#include "memhp_scenario.h"
#include "zonelist_alloc.h"
#include "zonelist_begin.h"
#include "zonelist_oracle.h"
#include "zonelist_watch.h"

/* One watchpoint is for the entry at which they park. */
#define MAX_ALLOCS	3

/* How long the rebuild stands still for an allocation that should be done. */
#define HOLD_MS		(3 * MSEC_PER_SEC)

/* How many pairs of one direction there is time for. */
#define MAX_PAIRS	700

/**
 * struct alloc_plan - the pairs of one direction, and how far they are done
 * @online: the zone comes; else it goes
 * @stores: for each list, how many stores a rebuild makes
 * @entries: for each list, at how many entries the allocation is parked
 * @list: the list that is next
 * @entry: park at that entry: 0 for not at all, 1 for the first
 * @store: stop the rebuild there
 * @pairs: how many there must be
 * @done: how many have happened
 * @waited: how many of the allocations had to wait for the rebuild
 */
struct alloc_plan {
	bool online;
	int *stores, *entries;
	int list, entry, store;
	long pairs, done, waited;
};

struct duel;

/**
 * struct alloc_stop - a store after which the rebuild is stopped
 * @watch: stops it
 * @duel: what it is part of
 * @alloc: the allocation that goes on then
 * @hits: how often the store was made
 * @visible: the walk will come to a zone of the allowed node
 * @in_time: the allocation was done before the rebuild went on
 */
struct alloc_stop {
	struct zonelist_watch watch;
	struct duel *duel;
	struct zonelist_alloc *alloc;
	int hits;
	bool visible;
	bool in_time;
};

/**
 * struct duel - allocations against rebuilds, in one scenario
 * @test: the running test
 * @mem: the block that goes online and offline
 * @zone: the zone that comes and goes with it
 * @plans: both directions
 * @current_plan: the one that the next rebuild belongs to
 * @begin: tells when a rebuild begins
 * @writer: the task that rebuilds
 * @allocs: the threads that allocate
 * @stops: where the rebuild is stopped, one for each of them
 * @nr_allocs: how many
 * @nr_running: how many of them take part this time
 * @late: an allocation was not done in time
 * @park: where they park
 * @nodes: the nodes that they may use
 */
struct duel {
	struct kunit *test;
	struct memory_block *mem;
	struct zone *zone;
	struct alloc_plan plans[2];
	struct alloc_plan *current_plan;
	struct zonelist_begin begin;
	struct task_struct *writer;
	struct zonelist_alloc allocs[MAX_ALLOCS];
	struct alloc_stop stops[MAX_ALLOCS];
	int nr_allocs;
	int nr_running;
	bool late;
	struct zonelist_park park;
	nodemask_t nodes;
};

static int nr_lists(void)
{
	return nr_node_ids * MAX_ZONELISTS;
}

static struct zonelist *list_nr(int nr)
{
	return &NODE_DATA(nr / MAX_ZONELISTS)->node_zonelists[nr % MAX_ZONELISTS];
}

static bool is_thisnode(int nr)
{
	return nr % MAX_ZONELISTS != ZONELIST_FALLBACK;
}

/* The node of the last zone that stays. */
static int allowed_node(struct duel *d, struct zonelist *zl)
{
	int nid = NUMA_NO_NODE;
	struct zoneref *z;

	for (z = zl->_zonerefs; z->zone; z++)
		if (z->zone != d->zone)
			nid = zone_to_nid(z->zone);
	return nid;
}

/*
 * With N nodes, the pairs grow with N^3. On a machine with many nodes those of
 * the first ones have to do, and of the node whose zone comes and goes.
 */
static void shorten(struct duel *d, struct alloc_plan *plan)
{
	int nr, dropped = 0;

	for (nr = nr_lists() - 1; nr >= 0 && plan->pairs > MAX_PAIRS; nr--) {
		if (!plan->entries[nr] ||
		    nr / MAX_ZONELISTS == zone_to_nid(d->zone))
			continue;
		plan->pairs -= plan->stores[nr] * plan->entries[nr];
		plan->entries[nr] = 0;
		dropped++;
	}
	if (dropped)
		kunit_info(d->test, "%s: no time for %d of %d lists\n",
			   plan->online ? "online" : "offline", dropped,
			   nr_lists());
}

/*
 * The zones of all lists are those that are there before the rebuild: whoever
 * plans has to bring the block to that state.
 */
static void make_plan(struct duel *d, struct alloc_plan *plan, bool online)
{
	int nr, nid, zones, passed;
	struct zoneref *z;

	plan->online = online;
	plan->stores = kunit_kcalloc(d->test, nr_lists(), sizeof(int),
				     GFP_KERNEL);
	plan->entries = kunit_kcalloc(d->test, nr_lists(), sizeof(int),
				      GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(d->test, plan->stores);
	KUNIT_ASSERT_NOT_NULL(d->test, plan->entries);

	for (nr = 0; nr < nr_lists(); nr++) {
		if (!node_possible(nr / MAX_ZONELISTS))
			continue;
		nid = allowed_node(d, list_nr(nr));
		if (nid == NUMA_NO_NODE)
			continue;
		zones = 0;
		passed = -1;
		for (z = list_nr(nr)->_zonerefs; z->zone; z++, zones++)
			if (zone_to_nid(z->zone) == nid && passed < 0)
				passed = zones;
		if (!is_thisnode(nr) ||
		    nr / MAX_ZONELISTS == zone_to_nid(d->zone))
			zones += online ? 1 : -1;
		plan->stores[nr] = 2 * (zones + 1);
		plan->entries[nr] = is_thisnode(nr) ? 1 : passed + 1;
		plan->pairs += plan->stores[nr] * plan->entries[nr];
	}
	shorten(d, plan);
}

/* Skips lists that are not part of the plan. Returns false at its end. */
static bool plan_next(struct alloc_plan *plan)
{
	while (plan->list < nr_lists() && !plan->entries[plan->list])
		plan->list++;
	return plan->list < nr_lists();
}

static void plan_advance(struct alloc_plan *plan, int stores)
{
	plan->store += stores;
	if (plan->store < plan->stores[plan->list])
		return;
	plan->store = 0;
	if (++plan->entry < plan->entries[plan->list])
		return;
	plan->entry = 0;
	plan->list++;
}

/*
 * Will a walk that has passed @entry entries come to an allowed zone? It asks
 * for the highest index, so it looks at every entry, and can be parked there.
 */
static bool will_see(struct duel *d, struct zonelist *zl, int entry)
{
	struct zoneref *z = &zl->_zonerefs[entry];
	struct zone *zone;

	for_next_zone_zonelist_nodemask(zone, z, ZONE_MOVABLE, NULL)
		if (zone != d->zone && node_isset(zone_to_nid(zone), d->nodes))
			return true;
	return false;
}

/* In the writer, before it has made any store: see zonelist_begin.c. */
static void rebuild_begins(struct zonelist_begin *begin)
{
	struct duel *d = container_of(begin, struct duel, begin);
	int i;

	for (i = 0; i < d->nr_running; i++) {
		zonelist_alloc_wake(&d->allocs[i]);
		if (d->current_plan->entry) {
			zonelist_alloc_go(&d->allocs[i]);
			zonelist_wait_for(&d->allocs[i].parked);
		}
	}
}

/* In the writer's debug exception. */
static void stopped(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct alloc_stop *stop = container_of(watch, struct alloc_stop, watch);
	struct duel *d = stop->duel;
	struct alloc_plan *plan = d->current_plan;

	if (current != d->writer || stop->hits++)
		return;
	stop->visible = will_see(d, list_nr(plan->list), plan->entry);
	if (plan->entry)
		zonelist_alloc_resume(stop->alloc);
	else
		zonelist_alloc_go(stop->alloc);
	/* Once is enough, lest the others give up. */
	if (stop->visible && !d->late)
		stop->in_time = zonelist_hold_for(&stop->alloc->done, HOLD_MS);
	d->late |= stop->visible && !stop->in_time;
}

static void arm(struct duel *d)
{
	struct alloc_plan *plan = d->current_plan;
	struct zonelist *zl = list_nr(plan->list);
	struct kunit *test = d->test;
	struct zonelist_alloc *a;
	struct alloc_stop *stop;
	int i;

	d->nodes = nodemask_of_node(allowed_node(d, zl));
	d->nr_running = min(d->nr_allocs,
			    plan->stores[plan->list] - plan->store);
	for (i = 0; i < d->nr_running; i++) {
		a = &d->allocs[i];
		a->nid = plan->list / MAX_ZONELISTS;
		a->gfp = GFP_HIGHUSER_MOVABLE;
		a->nodes = &d->nodes;
		if (is_thisnode(plan->list)) {
			a->gfp |= __GFP_THISNODE;
			a->nodes = NULL;
		}
		a->park_at = !!plan->entry;
		zonelist_alloc_prepare(a);

		stop = &d->stops[i];
		stop->watch.hit = stopped;
		stop->duel = d;
		stop->alloc = a;
		stop->hits = 0;
		stop->in_time = false;
		KUNIT_ASSERT_EQ(test, 0,
				zonelist_watch_store(&stop->watch, zl,
						     plan->store + i));
	}
	/* Of two watchpoints at one place QEMU reports only the older one. */
	if (plan->entry)
		KUNIT_ASSERT_EQ(test, 0,
				zonelist_park_arm(&d->park,
						  &zl->_zonerefs[plan->entry - 1]));
}

static void disarm(void *arg)
{
	struct duel *d = arg;
	int i;

	for (i = 0; i < d->nr_allocs; i++)
		zonelist_alloc_resume(&d->allocs[i]);
	zonelist_watch_disarm(&d->park.watch);
	for (i = 0; i < d->nr_allocs; i++)
		zonelist_watch_disarm(&d->stops[i].watch);
}

/**
 * settle() - what has become of one pair
 * @d: the duel
 * @stop: the store and the allocation
 * @store: number of the store
 *
 * Context: process context, may sleep.
 */
static void settle(struct duel *d, struct alloc_stop *stop, int store)
{
	struct alloc_plan *plan = d->current_plan;
	struct zonelist_alloc *a = stop->alloc;
	struct kunit *test = d->test;
	bool done = zonelist_alloc_finish(a);
	char what[100];

	scnprintf(what, sizeof(what),
		  "%s, %s list of node %d, parked at entry %d, store %d",
		  plan->online ? "online" : "offline",
		  zonelist_name(plan->list % MAX_ZONELISTS),
		  plan->list / MAX_ZONELISTS, plan->entry - 1, store);
	KUNIT_EXPECT_EQ_MSG(test, stop->hits, 1, "%s: stores made", what);
	KUNIT_EXPECT_TRUE_MSG(test, done, "%s: allocation did not end", what);
	KUNIT_EXPECT_TRUE_MSG(test, !plan->entry || a->parked,
			      "%s: did not park", what);
	KUNIT_EXPECT_NOT_NULL_MSG(test, a->page, "%s: allocation failed", what);
	if (a->page)
		KUNIT_EXPECT_TRUE_MSG(test, node_isset(a->page_nid, d->nodes),
				      "%s: page is of node %d", what,
				      a->page_nid);
	if (stop->visible)
		KUNIT_EXPECT_TRUE_MSG(test, stop->in_time,
				      "%s: waits although an allowed zone is there",
				      what);
	plan->waited += !stop->visible;
	plan->done += stop->hits == 1 && done;
}

static void transition(struct duel *d, struct alloc_plan *plan)
{
	const struct memhp_scenario *scenario = d->test->param_value;
	int i, ret;

	d->current_plan = plan;
	d->nr_running = 0;
	if (plan_next(plan))
		arm(d);
	if (plan->online)
		ret = memhp_block_online(d->mem, scenario->online_type);
	else
		ret = memhp_block_offline(d->mem);
	disarm(d);
	KUNIT_ASSERT_EQ(d->test, ret, 0);
	for (i = 0; i < d->nr_running; i++)
		settle(d, &d->stops[i], plan->store + i);
	if (d->nr_running)
		plan_advance(plan, d->nr_running);
}

static void init_duel(struct kunit *test, struct duel *d)
{
	const struct memhp_scenario *scenario = test->param_value;
	int cpu;

	d->test = test;
	d->mem = memhp_scenario_block(test, &d->zone);
	d->writer = current;
	zonelist_alloc_pin(test);
	for_each_online_cpu(cpu) {
		if (cpu == raw_smp_processor_id() || d->nr_allocs == MAX_ALLOCS)
			continue;
		KUNIT_ASSERT_EQ(test, 0,
				zonelist_alloc_start(test,
						     &d->allocs[d->nr_allocs],
						     cpu));
		d->nr_allocs++;
	}
	d->park.allocs = d->allocs;
	d->park.nr = d->nr_allocs;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, disarm, d));

	d->begin.fn = rebuild_begins;
	KUNIT_ASSERT_EQ(test, 0, zonelist_begin_watch(test, &d->begin));

	make_plan(d, &d->plans[0], true);
	KUNIT_ASSERT_EQ(test, 0,
			memhp_block_online(d->mem, scenario->online_type));
	make_plan(d, &d->plans[1], false);
	KUNIT_ASSERT_EQ(test, 0, memhp_block_offline(d->mem));
}

/* Every pair of an entry that an allocation has passed and a store. */
static void every_allocation(struct kunit *test)
{
	long transitions = 0, done = 0;
	struct alloc_plan *plan;
	struct duel *d;
	ktime_t start;
	s64 ms;

	zonelist_watch_require(test, MAX_ALLOCS + 1, ZONELIST_ACCESSES);
	d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, d);
	init_duel(test, d);

	start = ktime_get();
	while (READ_ONCE(test->status) == KUNIT_SUCCESS &&
	       (plan_next(&d->plans[0]) || plan_next(&d->plans[1]))) {
		transition(d, &d->plans[0]);
		transition(d, &d->plans[1]);
		transitions += 2;
	}
	ms = ktime_ms_delta(ktime_get(), start);

	for (plan = d->plans; plan < d->plans + ARRAY_SIZE(d->plans); plan++) {
		KUNIT_EXPECT_EQ(test, plan->done, plan->pairs);
		kunit_info(test, "%s: %ld of %ld allocations, %ld had to wait for the rebuild\n",
			   plan->online ? "online" : "offline", plan->done,
			   plan->pairs, plan->waited);
		done += plan->done;
	}
	kunit_info(test, "allocations in %lld ms (%lld/s), %ld transitions\n",
		   ms, div64_s64(done * MSEC_PER_SEC, max(ms, 1)), transitions);
}

static struct kunit_case zonelist_interleave_alloc_cases[] = {
	KUNIT_CASE_PARAM_ATTR(every_allocation, memhp_scenario_gen_params,
			      {.speed = KUNIT_SPEED_SLOW}),
	{}
};

static struct kunit_suite zonelist_interleave_alloc_suite = {
	.name = "zonelist_interleave_alloc",
	.test_cases = zonelist_interleave_alloc_cases,
};

kunit_test_suite(zonelist_interleave_alloc_suite);

MODULE_DESCRIPTION("KUnit test for every interleaving of allocations and zonelist rebuilds");
MODULE_LICENSE("GPL");
