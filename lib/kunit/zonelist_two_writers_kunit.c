// SPDX-License-Identifier: GPL-2.0
/*
 * Two rebuilds of the zonelists at a time: one is stopped after each of its
 * stores, while another one begins on another CPU. The second must not store
 * anything to any list before the first is over. The lists are the oracle's in
 * the end.
 *
 * Nobody holds mem_hotplug_lock here. It is zonelist_update_seq that has to
 * serialise the two.
 */
#include <kunit/test.h>
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/sched.h>

#include "memhp_compat.h"
#include "zonelist_alloc.h"
#include "zonelist_oracle.h"
#include "zonelist_watch.h"

/* How long the first rebuild stands still to see if the second goes on. */
#define HOLD_MS		5

/**
 * struct race - two rebuilds
 * @stop: stops the first rebuild after a store
 * @gate: sees the first or the second store of any rebuild
 * @first: the task that does the first rebuild
 * @second: the task that does the second
 * @cpu: where the second runs
 * @hits: how often the first rebuild made the store
 * @holding: the first rebuild stands still
 * @go: the second rebuild may begin
 * @begun: it does
 * @stored: it has made the store that @gate sees
 * @overtaken: it has while the first stood still
 */
struct race {
	struct zonelist_watch stop, gate;
	struct task_struct *first, *second;
	int cpu;
	int hits;
	bool holding;
	bool go;
	bool begun;
	bool stored;
	bool overtaken;
};

static void passes_gate(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct race *race = container_of(watch, struct race, gate);

	if (current != race->second)
		return;
	if (READ_ONCE(race->holding))
		race->overtaken = true;
	zonelist_set_flag(&race->stored);
}

/* In the debug exception of the first rebuild. */
static void hold(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct race *race = container_of(watch, struct race, stop);

	if (current != race->first || race->hits++)
		return;
	WRITE_ONCE(race->holding, true);
	zonelist_set_flag(&race->go);
	if (zonelist_wait_for(&race->begun))
		zonelist_hold_for(&race->stored, HOLD_MS);
	WRITE_ONCE(race->holding, false);
}

/* Spins with interrupts on: the first rebuild waits for it at once. */
static int second_writer(void *arg)
{
	struct race *race = arg;

	if (zonelist_wait_for(&race->go)) {
		zonelist_set_flag(&race->begun);
		build_all_zonelists(NULL);
	}
	while (!kthread_should_stop())
		schedule_timeout_idle(1);
	return 0;
}

static void disarm(void *arg)
{
	struct race *race = arg;

	zonelist_watch_disarm(&race->stop);
	zonelist_watch_disarm(&race->gate);
}

/**
 * race_once() - stop the first rebuild after one store
 * @test: the running test
 * @race: what to race with
 * @zl: the list
 * @store: number of the store
 *
 * Context: process context, may sleep.
 */
static void race_once(struct kunit *test, struct race *race,
		      struct zonelist *zl, int store)
{
	int nid = first_node(node_possible_map);
	struct zonelist *first = &NODE_DATA(nid)->node_zonelists[ZONELIST_FALLBACK];

	race->hits = 0;
	race->go = false;
	race->begun = false;
	race->stored = false;
	/* Of two watchpoints at one place QEMU reports only the older one. */
	KUNIT_ASSERT_EQ(test, 0,
			zonelist_watch_store(&race->gate, first,
					     zl == first && !store));
	KUNIT_ASSERT_EQ(test, 0, zonelist_watch_store(&race->stop, zl, store));
	race->second = kthread_run_on_cpu(second_writer, race, race->cpu,
					  "zonelist_second/%u");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, race->second);

	build_all_zonelists(NULL);
	zonelist_set_flag(&race->go);
	kthread_stop(race->second);
	disarm(race);
}

/* The first rebuild is stopped after each of its stores to each list. */
static void second_rebuild_waits(struct kunit *test)
{
	int nid, list, store, nr, races = 0;
	struct zonelist *zl;
	struct race *race;

	zonelist_watch_require(test, 2, ZONELIST_STORES);
	race = kunit_kzalloc(test, sizeof(*race), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, race);
	race->stop.hit = hold;
	race->gate.hit = passes_gate;
	race->first = current;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, disarm, race));
	race->cpu = zonelist_alloc_pin(test);

	for_each_node(nid) {
		for (list = 0; list < MAX_ZONELISTS; list++) {
			zl = &NODE_DATA(nid)->node_zonelists[list];
			for (nr = 0; zl->_zonerefs[nr].zone; nr++)
				;
			for (store = 0; store < 2 * (nr + 1); store++, races++) {
				race_once(test, race, zl, store);
				KUNIT_ASSERT_EQ(test, race->hits, 1);
				KUNIT_ASSERT_TRUE_MSG(test, race->stored,
						      "there was no second rebuild");
				KUNIT_ASSERT_FALSE_MSG(test, race->overtaken,
						       "a second rebuild began after store %d to the %s list of node %d",
						       store,
						       zonelist_name(list),
						       nid);
			}
		}
	}
	zonelist_expect_all(test, "after two rebuilds");
	kunit_info(test, "%d races\n", races);
}

static struct kunit_case zonelist_two_writers_cases[] = {
	KUNIT_CASE_SLOW(second_rebuild_waits),
	{}
};

static struct kunit_suite zonelist_two_writers_suite = {
	.name = "zonelist_two_writers",
	.test_cases = zonelist_two_writers_cases,
};

kunit_test_suite(zonelist_two_writers_suite);

MODULE_DESCRIPTION("KUnit test for two zonelist rebuilds at a time");
MODULE_LICENSE("GPL");
