// SPDX-License-Identifier: GPL-2.0
/*
 * What a reader can see while zonelists are rewritten in place: every way in
 * which one walk and one rebuild can interleave, each of them made to happen.
 *
 * A memory block goes online and offline, so that a zone comes and goes. The
 * rebuild that follows is stopped by a watch (zonelist_watch.c) after each of its
 * stores to a list. While it stands still, every reader that was stopped at
 * some position of the old list goes on to its end, and every reader that
 * begins now is stopped at some position, to go on when the rebuild is over.
 *
 * A pair is a position of one reader and a store of the writer. The number of
 * pairs is known beforehand, from the lengths of the lists; a pair too few is a
 * failure, as is a store that is made twice or not at all.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/memory_hotplug.h>
#include <linux/sched.h>

#include "memhp_compat.h"
#include "memhp_scenario.h"
#include "zonelist_map.h"
#include "zonelist_oracle.h"
#include "zonelist_reader.h"
#include "zonelist_watch.h"

#define MAX_STOPS	4
#define NR_MASKS	5
#define NR_READERS	(1 + 2 * NR_MASKS * MAX_NR_ZONES)

/* The readers whose outcomes are printed pair by pair. */
static const char *const map_names[] = { "raw", "kernel" };

#define NR_MAPS		ARRAY_SIZE(map_names)

/**
 * struct reading - one reader of one list
 * @reader: how it reads
 * @expected: the zones that it must come to, for they are there throughout
 * @positions: how many positions it can be stopped at
 * @map: number of the map that its outcomes go to, or -1
 */
struct reading {
	struct zonelist_reader reader;
	DECLARE_BITMAP(expected, ZONELIST_NR_ZONES);
	int positions;
	int map;
};

/**
 * struct target - one list and its readers
 * @zl: the list
 * @nid: its node
 * @type: ZONELIST_FALLBACK or ZONELIST_NOFALLBACK
 * @changes: the zone that comes and goes is one of its zones
 * @steady: its other zones
 * @own: mask of the list's node
 * @last: mask of the node that comes last
 * @readings: its readers
 * @stores: how many stores a rebuild makes
 * @positions: sum of the readers' positions
 * @maps: outcomes pair by pair
 */
struct target {
	struct zonelist *zl;
	int nid;
	int type;
	bool changes;
	DECLARE_BITMAP(steady, ZONELIST_NR_ZONES);
	nodemask_t own, last;
	struct reading readings[NR_READERS];
	int stores;
	int positions;
	struct zonelist_map maps[ZONELIST_NR_SCHEDULES][NR_MAPS];
};

struct interleave;

/**
 * struct stop - one store after which the writer is stopped
 * @watch: stops it
 * @il: what it is part of
 * @target: the list
 * @store: the store
 * @hits: how often the store was made
 * @begun: walks that were stopped before the rebuild began
 * @during: walks that were begun and stopped at this store
 */
struct stop {
	struct zonelist_watch watch;
	struct interleave *il;
	struct target *target;
	int store;
	int hits;
	struct zonelist_cursor *begun, *during;
};

/**
 * struct plan - all pairs of one direction
 * @online: the zone comes; else it goes
 * @targets: all lists
 * @nr_targets: how many
 * @next: the list of the next store that is to be watched
 * @store: number of that store
 * @pairs: how many pairs there must be
 * @sums: outcomes by kind of reader
 */
struct plan {
	bool online;
	struct target *targets;
	int nr_targets;
	struct target *next;
	int store;
	long pairs;
	struct zonelist_sum sums[ZONELIST_NR_READERS];
};

/**
 * struct interleave - one scenario
 * @test: the running test
 * @mem: the block that goes online and offline
 * @zone: the zone that comes and goes with it
 * @only_changed: mask of the node of @zone
 * @all_but_changed: mask of all the others
 * @plans: both directions
 * @plan: that of the next rebuild
 * @stops: where the writer is stopped during the next rebuild
 * @nr_slots: how many of them there can be
 * @writer: the task that rebuilds
 * @pairs: pairs that have happened
 * @transitions: how often the block went online or offline
 * @foreign: stores that some other task made
 * @violations: pairs with an outcome that must not be
 * @first: the first of them
 */
struct interleave {
	struct kunit *test;
	struct memory_block *mem;
	struct zone *zone;
	nodemask_t only_changed, all_but_changed;
	struct plan plans[2], *plan;
	struct stop stops[MAX_STOPS];
	int nr_slots;
	struct task_struct *writer;
	long pairs;
	long transitions;
	int foreign;
	long violations;
	char first[160];
};

static const char *direction(const struct plan *plan)
{
	return plan->online ? "online" : "offline";
}

static bool wants_all(const struct zonelist_reader *reader)
{
	return reader->kind == ZONELIST_RAW ||
	       (reader->highest == MAX_NR_ZONES - 1 && !reader->nodes);
}

/*
 * Has a walk come to any zone with memory? The zone that comes and goes counts
 * as what it is by now, not as what it was when the walk came to it.
 */
static bool saw_memory(struct interleave *il, struct target *t,
		       struct zonelist_cursor *c)
{
	return bitmap_intersects(c->seen, t->steady, ZONELIST_NR_ZONES) ||
	       (populated_zone(il->zone) &&
		test_bit(zonelist_zone_number(il->zone), c->seen));
}

/*
 * A list that is rewritten as it was is never seen to be anything else. A walk
 * that asks for all zones sees one, in whatever list. A walk of a fallback list
 * sees a zone with memory if it asks for more than one: when it asks for a
 * single zone, that one may move to an entry which has been read.
 */
static bool is_violation(struct target *t, struct reading *r,
			 struct zonelist_cursor *c, unsigned int outcome)
{
	if (c->outcome & (ZONELIST_STRAY | ZONELIST_ENDLESS))
		return true;
	if (!t->changes && outcome)
		return true;
	if (wants_all(&r->reader) && !c->nr_seen &&
	    !bitmap_empty(t->steady, ZONELIST_NR_ZONES))
		return true;
	return t->type == ZONELIST_FALLBACK && (outcome & ZONELIST_EMPTIED) &&
	       bitmap_weight(r->expected, ZONELIST_NR_ZONES) > 1;
}

/* In the writer's debug exception, or after the rebuild; never both at once. */
static void judge(struct stop *stop, enum zonelist_schedule schedule,
		  struct reading *r, int position, struct zonelist_cursor *c)
{
	struct interleave *il = stop->il;
	struct target *t = stop->target;
	unsigned int outcome = c->outcome & GENMASK(ZONELIST_NR_OUTCOMES - 1, 0);

	if (!bitmap_subset(r->expected, c->seen, ZONELIST_NR_ZONES))
		outcome |= ZONELIST_MISSED;
	if (!bitmap_empty(r->expected, ZONELIST_NR_ZONES) &&
	    !saw_memory(il, t, c))
		outcome |= ZONELIST_EMPTIED;

	il->pairs++;
	zonelist_sum_add(&il->plan->sums[r->reader.kind], outcome);
	if (r->map >= 0)
		zonelist_map_set(&t->maps[schedule][r->map], position,
				 stop->store, outcome);
	if (is_violation(t, r, c, outcome) && !il->violations++)
		snprintf(il->first, sizeof(il->first),
			 "%s %s list of node %d, %s reader %d, %s: position %d, store %d: saw %d zones%s%s%s",
			 direction(il->plan), zonelist_name(t->type), t->nid,
			 zonelist_reader_name(r->reader.kind),
			 (int)(r - t->readings), zonelist_schedule_name(schedule),
			 position, stop->store, c->nr_seen,
			 c->outcome & ZONELIST_STRAY ? ", no zone" : "",
			 c->outcome & ZONELIST_ENDLESS ? ", no end" : "",
			 outcome & ZONELIST_EMPTIED ? ", none has memory" : "");
}

/*
 * The readers are stopped in the order of their list, and the first is the one
 * that reads entry by entry. If it finds no end, the iterators would not find
 * it either, and take the machine down: leave them out.
 */
static bool readable(struct zonelist_cursor *c)
{
	return !(c->outcome & (ZONELIST_STRAY | ZONELIST_ENDLESS));
}

static void stopped(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct stop *stop = container_of(watch, struct stop, watch);
	struct target *t = stop->target;
	struct zonelist_cursor *begun = stop->begun, *during = stop->during;
	struct reading *r;
	int p;

	if (current != stop->il->writer) {
		stop->il->foreign++;
		return;
	}
	if (stop->hits++)
		return;

	for (r = t->readings; r < t->readings + NR_READERS; r++) {
		for (p = 0; p < r->positions; p++, begun++, during++) {
			zonelist_reader_finish(&r->reader, t->zl, begun);
			judge(stop, ZONELIST_READER_FIRST, r, p, begun);
			if (!readable(begun))
				return;
			zonelist_reader_advance(&r->reader, t->zl, p, during);
		}
	}
}

static void begin_walks(struct stop *stop)
{
	struct target *t = stop->target;
	struct zonelist_cursor *c = stop->begun;
	struct reading *r;
	int p;

	for (r = t->readings; r < t->readings + NR_READERS; r++)
		for (p = 0; p < r->positions; p++)
			zonelist_reader_advance(&r->reader, t->zl, p, c++);
}

static void finish_walks(struct stop *stop)
{
	struct target *t = stop->target;
	struct zonelist_cursor *c = stop->during;
	struct reading *r;
	int p;

	for (r = t->readings; r < t->readings + NR_READERS; r++) {
		for (p = 0; p < r->positions; p++, c++) {
			zonelist_reader_finish(&r->reader, t->zl, c);
			judge(stop, ZONELIST_WRITER_FIRST, r, p, c);
		}
	}
}

static void init_reader(struct target *t, struct reading *r,
			enum zonelist_reader_kind kind, enum zone_type highest,
			nodemask_t *nodes)
{
	struct zone *zone;
	int nr;

	r->reader.kind = kind;
	r->reader.highest = highest;
	r->reader.nodes = nodes;
	r->map = -1;
	if (kind == ZONELIST_RAW)
		r->map = 0;
	if (kind == ZONELIST_NEXT && highest == gfp_zone(GFP_KERNEL) && !nodes)
		r->map = 1;

	for_each_set_bit(nr, t->steady, ZONELIST_NR_ZONES) {
		zone = &NODE_DATA(nr / MAX_NR_ZONES)->node_zones[nr % MAX_NR_ZONES];
		if (zonelist_reader_wants(&r->reader, zone))
			set_bit(nr, r->expected);
	}
}

static void init_target(struct interleave *il, struct target *t, int nid,
			int type)
{
	struct zonelist *zl = &NODE_DATA(nid)->node_zonelists[type];
	nodemask_t *masks[NR_MASKS] = {
		NULL, &t->own, &t->last, &il->only_changed,
		&il->all_but_changed,
	};
	struct reading *r = t->readings;
	int highest, i;

	t->zl = zl;
	t->nid = nid;
	t->type = type;
	t->changes = type == ZONELIST_FALLBACK || nid == zone_to_nid(il->zone);
	t->own = nodemask_of_node(nid);
	t->last = t->own;
	for (i = 0; zl->_zonerefs[i].zone; i++) {
		set_bit(zonelist_zone_number(zl->_zonerefs[i].zone), t->steady);
		t->last = nodemask_of_node(zone_to_nid(zl->_zonerefs[i].zone));
	}

	init_reader(t, r++, ZONELIST_RAW, MAX_NR_ZONES - 1, NULL);
	for (highest = 0; highest < MAX_NR_ZONES; highest++) {
		for (i = 0; i < NR_MASKS; i++) {
			init_reader(t, r++, ZONELIST_NEXT, highest, masks[i]);
			init_reader(t, r++, ZONELIST_FOR_EACH, highest,
				    masks[i]);
		}
	}
}

/**
 * make_plan() - work out what the rebuilds of one direction must give
 * @il: the scenario; the zone is not there yet
 * @plan: the plan
 * @online: the zone comes; else it goes
 *
 * A list is rewritten entry by entry, each with a zone and an index, and so is
 * its terminator. A reader is stopped at positions of the list before.
 *
 * Context: process context, may sleep.
 */
static void make_plan(struct interleave *il, struct plan *plan, bool online)
{
	struct kunit *test = il->test;
	struct reading *r;
	struct target *t;
	int nid, type, s, zones;

	plan->online = online;
	plan->targets = kunit_kcalloc(test, nr_node_ids * MAX_ZONELISTS,
				      sizeof(*plan->targets), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, plan->targets);
	for_each_node(nid)
		for (type = 0; type < MAX_ZONELISTS; type++)
			init_target(il, &plan->targets[plan->nr_targets++], nid,
				    type);
	plan->next = plan->targets;

	for (t = plan->targets; t < plan->targets + plan->nr_targets; t++) {
		zones = bitmap_weight(t->steady, ZONELIST_NR_ZONES);
		t->stores = 2 * (zones + (online && t->changes) + 1);
		for (r = t->readings; r < t->readings + NR_READERS; r++) {
			zones = bitmap_weight(r->expected, ZONELIST_NR_ZONES);
			if (!online && t->changes &&
			    zonelist_reader_wants(&r->reader, il->zone))
				zones++;
			r->positions = zonelist_reader_positions(&r->reader,
								 zones);
			t->positions += r->positions;
			for (s = 0; r->map >= 0 && s < ZONELIST_NR_SCHEDULES; s++)
				KUNIT_ASSERT_EQ(test, 0,
						zonelist_map_init(test, &t->maps[s][r->map],
								  r->positions,
								  t->stores));
		}
		plan->pairs += (long)t->positions * t->stores *
			       ZONELIST_NR_SCHEDULES;
	}
}

static bool unfinished(const struct plan *plan)
{
	return plan->next < plan->targets + plan->nr_targets;
}

static void disarm(void *arg)
{
	struct interleave *il = arg;
	int i;

	for (i = 0; i < MAX_STOPS; i++)
		zonelist_watch_disarm(&il->stops[i].watch);
}

static void arm_stop(struct interleave *il, struct stop *stop,
		     struct target *t, int store)
{
	struct kunit *test = il->test;
	size_t size = array_size(t->positions, sizeof(*stop->begun));

	stop->watch.hit = stopped;
	stop->il = il;
	stop->target = t;
	stop->store = store;
	stop->hits = 0;
	stop->begun = kunit_kzalloc(test, size, GFP_KERNEL);
	stop->during = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, stop->begun);
	KUNIT_ASSERT_NOT_NULL(test, stop->during);
	KUNIT_ASSERT_EQ(test, 0,
			zonelist_watch_store(&stop->watch, t->zl, store));
	begin_walks(stop);
}

static void release_stop(struct interleave *il, struct stop *stop)
{
	struct kunit *test = il->test;
	struct target *t = stop->target;

	zonelist_watch_disarm(&stop->watch);
	KUNIT_EXPECT_EQ_MSG(test, stop->hits, 1,
			    "%s: how often store %d to the %s list of node %d was made",
			    direction(il->plan), stop->store,
			    zonelist_name(t->type), t->nid);
	if (stop->hits == 1 && !il->violations)
		finish_walks(stop);
	kunit_kfree(test, stop->begun);
	kunit_kfree(test, stop->during);
}

/**
 * run_batch() - stop the writer after as many stores as can be watched at once
 * @il: the scenario
 * @plan: the direction, the zone being in the state before
 *
 * When all stores have been watched, the zone just comes or goes.
 *
 * Context: process context, may sleep.
 */
static void run_batch(struct interleave *il, struct plan *plan)
{
	const struct memhp_scenario *scenario = il->test->param_value;
	int i, ret, nr = 0;

	il->plan = plan;
	while (nr < il->nr_slots && unfinished(plan)) {
		arm_stop(il, &il->stops[nr++], plan->next, plan->store++);
		if (plan->store == plan->next->stores) {
			plan->next++;
			plan->store = 0;
		}
	}
	if (plan->online)
		ret = memhp_block_online(il->mem, scenario->online_type);
	else
		ret = memhp_block_offline(il->mem);
	KUNIT_ASSERT_EQ(il->test, ret, 0);
	il->transitions++;
	for (i = 0; i < nr; i++)
		release_stop(il, &il->stops[i]);
	zonelist_expect_all(il->test, plan->online ?
			    "after the zone was populated" :
			    "after the zone was emptied");
}

static void print_plan(struct interleave *il, struct plan *plan)
{
	const char *dir = direction(plan);
	int nid = zone_to_nid(il->zone);
	struct target *t;
	char key[128];
	int i, s;

	for (t = plan->targets; t < plan->targets + plan->nr_targets; t++) {
		for (s = 0; s < ZONELIST_NR_SCHEDULES; s++) {
			for (i = 0; i < NR_MAPS; i++) {
				scnprintf(key, sizeof(key),
					  "dir=%s zone=%d:%s list=%s:%d reader=%s sched=%s",
					  dir, nid, il->zone->name,
					  t->type == ZONELIST_FALLBACK ?
					  "fallback" : "thisnode",
					  t->nid, map_names[i],
					  zonelist_schedule_name(s));
				zonelist_map_print(il->test, &t->maps[s][i],
						   key);
			}
		}
	}
	for (i = 0; i < ZONELIST_NR_READERS; i++) {
		scnprintf(key, sizeof(key), "dir=%s zone=%d:%s reader=%s", dir,
			  nid, il->zone->name, zonelist_reader_name(i));
		zonelist_sum_print(il->test, &plan->sums[i], key);
	}
}

/* Every pair of a position of a walk and a store of the writer. */
static void every_interleaving(struct kunit *test)
{
	struct interleave *il;
	long planned;
	ktime_t start;
	s64 ms;

	il = kunit_kzalloc(test, sizeof(*il), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, il);
	il->test = test;
	zonelist_watch_require(test, 1, ZONELIST_STORES);
	il->nr_slots = min(zonelist_watch_slots(), MAX_STOPS);
	il->mem = memhp_scenario_block(test, &il->zone);
	il->writer = current;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, disarm, il));
	il->only_changed = nodemask_of_node(zone_to_nid(il->zone));
	nodes_complement(il->all_but_changed, il->only_changed);
	make_plan(il, &il->plans[0], true);
	make_plan(il, &il->plans[1], false);
	planned = il->plans[0].pairs + il->plans[1].pairs;

	start = ktime_get();
	while (!il->violations &&
	       (unfinished(&il->plans[0]) || unfinished(&il->plans[1]))) {
		run_batch(il, &il->plans[0]);
		run_batch(il, &il->plans[1]);
	}
	ms = ktime_ms_delta(ktime_get(), start);
	print_plan(il, &il->plans[0]);
	print_plan(il, &il->plans[1]);

	KUNIT_EXPECT_EQ_MSG(test, il->violations, 0, "%s", il->first);
	KUNIT_EXPECT_EQ_MSG(test, il->foreign, 0,
			    "stores by others than the task that rebuilds");
	KUNIT_EXPECT_EQ(test, il->pairs, planned);
	kunit_info(test, "pairs %ld of %ld in %lld ms (%lld/s), %ld transitions\n",
		   il->pairs, planned, ms,
		   div64_s64(il->pairs * MSEC_PER_SEC, max(ms, 1)),
		   il->transitions);
}

static struct kunit_case zonelist_interleave_cases[] = {
	KUNIT_CASE_PARAM_ATTR(every_interleaving, memhp_scenario_gen_params,
			      {.speed = KUNIT_SPEED_SLOW}),
	{}
};

static struct kunit_suite zonelist_interleave_suite = {
	.name = "zonelist_interleave",
	.test_cases = zonelist_interleave_cases,
};

kunit_test_suite(zonelist_interleave_suite);

MODULE_DESCRIPTION("KUnit test for every interleaving of zonelist walks and rebuilds");
MODULE_LICENSE("GPL");
