// SPDX-License-Identifier: GPL-2.0
/*
 * An allocation whose list gets shorter under it, so that the entry which it
 * has settled on becomes the end of the list.
 *
 * A node has ZONE_MOVABLE and a zone below. An allocation that may use nothing
 * but the latter keeps a pointer to its entry, the second in the node's THISNODE
 * list. Then ZONE_MOVABLE is emptied, the zone below moves to the first entry,
 * and the second one ends the list.
 *
 * The page allocator does not expect it: Linux 6.12 dereferences a NULL pointer
 * in one of these cases. So this suite is of no use in a kernel that has work to
 * do, and runs only when it is asked for by name.
 */
#include <kunit/test.h>
#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/sched.h>

#include "memhp_block.h"
#include "memhp_compat.h"
#include "zonelist_alloc.h"
#include "zonelist_begin.h"
#include "zonelist_watch.h"

/**
 * struct vanish - an allocation against a rebuild
 * @alloc: the allocation
 * @park: where it is parked: at the second entry
 * @begin: tells when the rebuild begins
 * @final: stops the rebuild after its last store
 * @writer: the task that rebuilds
 */
struct vanish {
	struct zonelist_alloc alloc;
	struct zonelist_park park;
	struct zonelist_begin begin;
	struct zonelist_watch final;
	struct task_struct *writer;
};

/* In the writer, before the rebuild. */
static void rebuild_begins(struct zonelist_begin *begin)
{
	struct vanish *v = container_of(begin, struct vanish, begin);

	zonelist_alloc_wake(&v->alloc);
	zonelist_alloc_go(&v->alloc);
	zonelist_wait_for(&v->alloc.parked);
}

/* In the writer's debug exception: the lists are what they will be. */
static void last_store(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct vanish *v = container_of(watch, struct vanish, final);

	if (current == v->writer)
		zonelist_alloc_resume(&v->alloc);
}

static void disarm(void *arg)
{
	struct vanish *v = arg;

	zonelist_alloc_resume(&v->alloc);
	zonelist_watch_disarm(&v->park.watch);
	zonelist_watch_disarm(&v->final);
}

/**
 * park_and_empty() - empty the zone while the allocation is parked
 * @test: the running test
 * @v: what it works on
 * @mem: the block, online
 * @zone: the zone that it populates
 * @access: at which access to the second entry the allocation is parked
 *
 * Context: process context, may sleep.
 */
static void park_and_empty(struct kunit *test, struct vanish *v,
			   struct memory_block *mem, struct zone *zone,
			   int access)
{
	bool done;
	int ret;

	v->begin.fn = rebuild_begins;
	v->alloc.park_at = access;
	zonelist_alloc_prepare(&v->alloc);
	KUNIT_ASSERT_EQ(test, 0,
			zonelist_watch_last_store(&v->final, zone, false));
	ret = memhp_block_offline(mem);
	done = zonelist_alloc_finish(&v->alloc);
	disarm(v);

	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_ASSERT_TRUE_MSG(test, done, "parked at access %d: did not end",
			      access);
	KUNIT_EXPECT_TRUE_MSG(test, v->alloc.parked, "access %d: did not park",
			      access);
	KUNIT_EXPECT_NOT_NULL_MSG(test, v->alloc.page,
				  "parked at access %d: allocation failed",
				  access);
}

static void rebuild_ignored(struct zonelist_begin *begin)
{
}

/* At each access that an undisturbed allocation makes to the entry. */
static void entry_becomes_the_end(struct kunit *test)
{
	struct memory_block *mem;
	struct zoneref *entry;
	struct zone *zone;
	struct vanish *v;
	int cpu, nid, access, accesses;

	zonelist_watch_require(test, 2, ZONELIST_ACCESSES);
	mem = memhp_block_get(test, MEMHP_NODE_WITH_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on a node with memory");
	nid = memhp_block_nid(mem);
	zone = &NODE_DATA(nid)->node_zones[ZONE_MOVABLE];
	entry = &NODE_DATA(nid)->node_zonelists[MAX_ZONELISTS - 1]._zonerefs[1];

	v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, v);
	v->writer = current;
	v->final.hit = last_store;
	v->begin.fn = rebuild_ignored;
	v->alloc.nid = nid;
	v->alloc.gfp = GFP_KERNEL | __GFP_THISNODE;
	v->park.allocs = &v->alloc;
	v->park.nr = 1;
	cpu = zonelist_alloc_pin(test);
	KUNIT_ASSERT_EQ(test, 0, zonelist_alloc_start(test, &v->alloc, cpu));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, disarm, v));
	KUNIT_ASSERT_EQ(test, 0, zonelist_begin_watch(test, &v->begin));

	for (access = 1, accesses = 1; access <= accesses; access++) {
		v->begin.fn = rebuild_ignored;
		KUNIT_ASSERT_EQ(test, 0,
				memhp_block_online(mem, MMOP_ONLINE_MOVABLE));
		KUNIT_ASSERT_NOT_NULL(test, entry->zone);
		KUNIT_ASSERT_NULL(test, entry[1].zone);
		KUNIT_ASSERT_EQ(test, 0, zonelist_park_arm(&v->park, entry));
		v->alloc.park_at = 0;
		zonelist_alloc_prepare(&v->alloc);
		KUNIT_ASSERT_TRUE(test, zonelist_alloc_finish(&v->alloc));
		accesses = v->alloc.accesses;
		KUNIT_ASSERT_GT(test, accesses, 0);

		kunit_info(test, "parked at access %d of %d\n", access,
			   accesses);
		park_and_empty(test, v, mem, zone, access);
	}
}

static struct kunit_case zonelist_vanish_cases[] = {
	KUNIT_CASE(entry_becomes_the_end),
	{}
};

static struct kunit_suite zonelist_vanish_suite = {
	.name = "zonelist_vanish",
	.test_cases = zonelist_vanish_cases,
};

kunit_test_suite(zonelist_vanish_suite);

MODULE_DESCRIPTION("KUnit test for an allocation whose zonelist gets shorter");
MODULE_LICENSE("GPL");
