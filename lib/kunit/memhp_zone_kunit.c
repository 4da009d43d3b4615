// SPDX-License-Identifier: GPL-2.0
/*
 * What a zone and its node are like when memory blocks have gone online or
 * offline: the pages that they span, holes, what counts as isolated, what is kept
 * back for others, what has been counted. What an offline turns off, in the zone
 * and elsewhere, is on again when it is refused. And nothing of it happens under
 * who has called get_online_mems().
 */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/gfp.h>
#include <linux/initrd.h>
#include <linux/kallsyms.h>
#include <linux/khugepaged.h>
#include <linux/list.h>
#include <linux/memory.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page-isolation.h>
#include <linux/pageblock-flags.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "../../mm/internal.h"
#include "memhp_block.h"
#include "memhp_compat.h"
#include "memhp_node.h"
#include "memhp_reserve.h"
#include "memhp_scenario.h"

#ifdef CONFIG_MEMORY_HOTREMOVE

/* Who does not wait has finished by then. */
#define GRACE	msecs_to_jiffies(300)

/**
 * struct extent - what a zone consists of, as its pages say
 * @zone: the zone
 * @start: its first page
 * @end: the page after its last one
 * @pageblocks: how many pageblocks are online
 * @boot: some of them have been there since boot
 */
struct extent {
	struct zone *zone;
	unsigned long start, end;
	unsigned long pageblocks;
	bool boot;
};

static int add_block(struct memory_block *mem, void *arg)
{
	unsigned long pfn = section_nr_to_pfn(mem->start_section_nr);
	const unsigned long end = pfn + PHYS_PFN(memory_block_size_bytes());
	struct extent *extent = arg;
	struct page *page;

	for (; pfn < end; pfn += pageblock_nr_pages) {
		page = pfn_to_online_page(pfn);
		if (!page || page_zone(page) != extent->zone)
			continue;
		if (!extent->pageblocks++)
			extent->start = pfn;
		extent->end = pfn + pageblock_nr_pages;
		extent->boot |= early_section(__pfn_to_section(pfn));
	}
	return 0;
}

static struct extent extent_of(struct zone *zone)
{
	struct extent extent = { .zone = zone };

	lock_device_hotplug();
	for_each_memory_block(&extent, add_block);
	unlock_device_hotplug();
	return extent;
}

/*
 * A zone spans its pages and no others, but for what the boot has made of it. If
 * it lacks some that it spans, it is not contiguous. If it has them all, it need
 * not be called so: Linux 6.12 looks when memory comes, before that is online,
 * and when memory goes.
 */
static void expect_span(struct kunit *test, struct zone *zone, const char *when)
{
	const struct extent extent = extent_of(zone);

	if (extent.boot)
		return;
	KUNIT_EXPECT_EQ_MSG(test, zone->spanned_pages,
			    extent.end - extent.start,
			    "zone %s of node %d spans too much or too little %s",
			    zone->name, zone_to_nid(zone), when);
	if (!extent.pageblocks)
		return;
	KUNIT_EXPECT_EQ_MSG(test, zone->zone_start_pfn, extent.start,
			    "zone %s of node %d begins elsewhere %s",
			    zone->name, zone_to_nid(zone), when);
	if (extent.pageblocks * pageblock_nr_pages != extent.end - extent.start)
		KUNIT_EXPECT_FALSE_MSG(test, zone->contiguous,
				       "zone %s of node %d has a hole %s",
				       zone->name, zone_to_nid(zone), when);
}

static int look_at_end(struct memory_block *mem, void *arg)
{
	unsigned long *end = arg;

	*end = max(*end, section_nr_to_pfn(mem->start_section_nr) +
		   PHYS_PFN(memory_block_size_bytes()));
	return 0;
}

/* No memory is behind what everybody takes for the end of memory. */
static void expect_end_of_memory(struct kunit *test, const char *when)
{
	unsigned long end = 0;

	lock_device_hotplug();
	for_each_memory_block(&end, look_at_end);
	unlock_device_hotplug();
	KUNIT_EXPECT_GE_MSG(test, max_pfn, end, "max_pfn is old %s", when);
	/* On arm64 it is the end of boot memory, and asked for at boot. */
	if (IS_ENABLED(CONFIG_ARM64))
		return;
	KUNIT_EXPECT_GE_MSG(test, (unsigned long)high_memory,
			    (unsigned long)__va(PFN_PHYS(end)),
			    "high_memory is old %s", when);
}

/* When nothing goes on. */
static void expect_node(struct kunit *test, int nid, const char *when)
{
	unsigned long start = ULONG_MAX, end = 0;
	pg_data_t *pgdat = NODE_DATA(nid);
	struct zone *zone;

	for (zone = pgdat->node_zones;
	     zone < pgdat->node_zones + MAX_NR_ZONES; zone++) {
		if (!zone_is_zone_device(zone))
			expect_span(test, zone, when);
		KUNIT_EXPECT_EQ_MSG(test, zone->nr_isolate_pageblock, 0,
				    "zone %s of node %d has isolated pageblocks %s",
				    zone->name, nid, when);
		if (!zone->spanned_pages)
			continue;
		start = min(start, zone->zone_start_pfn);
		end = max(end, zone_end_pfn(zone));
	}
	memhp_expect_reserves(test, when);
	expect_end_of_memory(test, when);
	KUNIT_EXPECT_EQ_MSG(test, pgdat->node_spanned_pages,
			    end ? end - start : 0,
			    "node %d spans too much or too little %s", nid,
			    when);
	if (end)
		KUNIT_EXPECT_EQ_MSG(test, pgdat->node_start_pfn, start,
				    "node %d begins elsewhere %s", nid, when);
}

/* In a zone for the kernel, the allocator changes types as it likes. */
static void expect_movable_pageblocks(struct kunit *test,
				      struct memory_block *mem)
{
	unsigned long pfn = section_nr_to_pfn(mem->start_section_nr);
	const unsigned long end = pfn + PHYS_PFN(memory_block_size_bytes());
	unsigned long other = 0;

	for (; pfn < end; pfn += pageblock_nr_pages)
		if (get_pageblock_migratetype(pfn_to_page(pfn)) !=
		    MIGRATE_MOVABLE)
			other++;
	KUNIT_EXPECT_EQ_MSG(test, other, 0,
			    "pageblocks of a block in ZONE_MOVABLE are not movable");
}

static void put_online(struct kunit *test, struct memory_block *mem, int type,
		       const char *when)
{
	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, type), 0);
	expect_node(test, memhp_block_nid(mem), when);
	if (type == MMOP_ONLINE_MOVABLE)
		expect_movable_pageblocks(test, mem);
}

static void take_offline(struct kunit *test, struct memory_block *mem,
			 const char *when)
{
	KUNIT_ASSERT_EQ(test, memhp_block_offline(mem), 0);
	expect_node(test, memhp_block_nid(mem), when);
}

/* A zone and its node follow a block that populates the zone and empties it. */
static void block_comes_and_goes(struct kunit *test)
{
	const struct memhp_scenario *scenario = test->param_value;
	struct memory_block *mem;
	struct zone *zone;

	mem = memhp_scenario_block(test, &zone);
	put_online(test, mem, scenario->online_type, "with its first block");
	take_offline(test, mem, "without its last block");
}

/*
 * Three blocks of one node, side by side. No node of a small machine has so many:
 * two belong to another one, which lends them.
 */
static void get_neighbours(struct kunit *test, struct memory_block *mem[3])
{
	const u64 size = memory_block_size_bytes();
	struct memhp_node *node = memhp_node_get(test);
	int i;

	if (!node || node->size != 2 * size)
		kunit_skip(test, "no node with nothing but two offline memory blocks");
	mem[0] = memhp_block_at(test, node->start - size);
	if (!mem[0])
		kunit_skip(test, "no offline memory block before those of node %d",
			   node->nid);
	KUNIT_ASSERT_EQ(test, memhp_node_lend(node, memhp_block_nid(mem[0])),
			0);
	for (i = 1; i < 3; i++) {
		mem[i] = memhp_block_at(test, node->start + (i - 1) * size);
		KUNIT_ASSERT_NOT_NULL(test, mem[i]);
	}
}

/* A zone gets a hole when blocks come and when they go, and loses it. */
static void zone_with_hole(struct kunit *test)
{
	struct memory_block *mem[3];

	get_neighbours(test, mem);
	put_online(test, mem[0], MMOP_ONLINE_MOVABLE, "with one block");
	put_online(test, mem[1], MMOP_ONLINE_MOVABLE, "with two blocks");
	take_offline(test, mem[1], "with one block again");
	KUNIT_EXPECT_TRUE(test, mem[0]->zone->contiguous);

	put_online(test, mem[2], MMOP_ONLINE_MOVABLE, "with a hole");
	put_online(test, mem[1], MMOP_ONLINE_MOVABLE, "with the hole filled");
	take_offline(test, mem[1], "with a hole again");
	take_offline(test, mem[0], "without what was before the hole");
	put_online(test, mem[0], MMOP_ONLINE_MOVABLE, "with a hole below");
	take_offline(test, mem[2], "without what was behind the hole");
}

/*
 * A zone for the kernel within ZONE_MOVABLE: when that loses the block on one
 * side, it ends at its own block on the other side.
 */
static void zone_within_zone(struct kunit *test)
{
	struct memory_block *mem[3];

	get_neighbours(test, mem);
	put_online(test, mem[0], MMOP_ONLINE_MOVABLE, "with one block");
	put_online(test, mem[2], MMOP_ONLINE_MOVABLE, "with a hole");
	put_online(test, mem[1], MMOP_ONLINE_KERNEL, "with another zone inside");
	take_offline(test, mem[0], "without what was below the other zone");
	put_online(test, mem[0], MMOP_ONLINE_MOVABLE, "around the other zone");
	take_offline(test, mem[2], "without what was above the other zone");
	take_offline(test, mem[1], "without the other zone");
}

static long count_one(void *zone)
{
	mod_zone_page_state(zone, NR_MLOCK, 1);
	return 0;
}

/* What each CPU has counted for a zone stays when the zone loses its memory. */
static void counts_survive_emptying(struct kunit *test)
{
	struct memory_block *mem;
	unsigned long before;
	struct zone *zone;
	int cpu, nr = 0;

	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	put_online(test, mem, MMOP_ONLINE_MOVABLE, "with its first block");
	zone = mem->zone;
	before = zone_page_state_snapshot(zone, NR_MLOCK);
	for_each_online_cpu(cpu) {
		KUNIT_ASSERT_EQ(test, work_on_cpu(cpu, count_one, zone), 0);
		nr++;
	}
	take_offline(test, mem, "without its last block");
	KUNIT_EXPECT_EQ(test, zone_page_state(zone, NR_MLOCK), before + nr);
	mod_zone_page_state(zone, NR_MLOCK, -nr);
}

/**
 * struct toggle - a block that goes online or offline in another task
 * @work: that does it
 * @mem: the block
 * @online: which of both
 * @done: it has been done
 * @ret: with what result
 */
struct toggle {
	struct work_struct work;
	struct memory_block *mem;
	bool online;
	struct completion done;
	int ret;
};

static void do_toggle(struct work_struct *work)
{
	struct toggle *toggle = container_of(work, struct toggle, work);

	toggle->ret = toggle->online ?
		memhp_block_online(toggle->mem, MMOP_ONLINE_MOVABLE) :
		memhp_block_offline(toggle->mem);
	complete(&toggle->done);
}

static void expect_waits(struct kunit *test, struct memory_block *mem,
			 bool online)
{
	struct toggle toggle = { .mem = mem, .online = online };

	INIT_WORK_ONSTACK(&toggle.work, do_toggle);
	init_completion(&toggle.done);
	get_online_mems();
	queue_work(system_unbound_wq, &toggle.work);
	KUNIT_EXPECT_EQ_MSG(test,
			    wait_for_completion_timeout(&toggle.done, GRACE), 0,
			    "a block goes %s under a reader",
			    online ? "online" : "offline");
	put_online_mems();
	flush_work(&toggle.work);
	destroy_work_on_stack(&toggle.work);
	KUNIT_EXPECT_EQ(test, toggle.ret, 0);
}

/* No memory comes or goes between get_online_mems() and put_online_mems(). */
static void block_waits_for_reader(struct kunit *test)
{
	struct memory_block *mem;

	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	expect_waits(test, mem, true);
	expect_waits(test, mem, false);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static void set_huge_pages(void *flags)
{
	WRITE_ONCE(transparent_hugepage_flags, (unsigned long)flags);
	khugepaged_min_free_kbytes_update();
}

/* Until the test ends. */
static void no_huge_pages(struct kunit *test)
{
	void *flags = (void *)transparent_hugepage_flags;

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, set_huge_pages,
							flags), 0);
	set_huge_pages(NULL);
}
#else
static void no_huge_pages(struct kunit *test)
{
}
#endif

/*
 * khugepaged has more memory kept free than others do, also when memory comes
 * and goes. It wants a bit less where watermarks are boosted. Without huge pages,
 * there is nobody who has all of that calculated once more.
 */
static void memory_stays_free_for_khugepaged(struct kunit *test)
{
	struct memory_block *mem;
	int before;

	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	khugepaged_min_free_kbytes_update();
	before = min_free_kbytes;
	put_online(test, mem, MMOP_ONLINE_MOVABLE, "with its first block");
	KUNIT_EXPECT_GT(test, min_free_kbytes, before / 2);
	take_offline(test, mem, "without its last block");
	KUNIT_EXPECT_GT(test, min_free_kbytes, before / 2);

	/* Where lower zones keep something back from who may use this one. */
	mem = memhp_block_get(test, MEMHP_NODE_WITH_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on a node with memory");
	no_huge_pages(test);
	put_online(test, mem, MMOP_ONLINE_MOVABLE,
		   "with its first block, without huge pages");
	take_offline(test, mem, "without its last block, nor huge pages");
}

/*
 * How many pages a task may dirty until it is looked at follows the memory that
 * there is, when some comes and when it goes. The number is mm/page-writeback.c's
 * own, so it is looked for by its name. With a negative one, every page counts.
 */
static void dirty_limit_follows(struct kunit *test)
{
	long *limit = (long *)kallsyms_lookup_name("ratelimit_pages");
	struct memory_block *mem;

	if (!limit)
		kunit_skip(test, "no CONFIG_KALLSYMS_ALL");
	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	WRITE_ONCE(*limit, -1);
	put_online(test, mem, MMOP_ONLINE_MOVABLE, "with its first block");
	KUNIT_EXPECT_GT(test, READ_ONCE(*limit), 0);
	WRITE_ONCE(*limit, -1);
	take_offline(test, mem, "without its last block");
	KUNIT_EXPECT_GT(test, READ_ONCE(*limit), 0);
}

/**
 * struct veto - refuses to let memory go offline, after a look around
 * @nb: in the chain of memory notifiers
 * @zone: where to look
 * @asked: it was called
 * @listed: CPUs may put pages into per-CPU lists of the zone
 * @cached: CPUs may put pages into LRU caches
 * @busy: let somebody else calculate the limits of per-CPU lists meanwhile
 * @others: what he does
 * @reset: he has set those of the zone
 */
struct veto {
	struct notifier_block nb;
	struct zone *zone;
	bool asked, listed, cached;
	bool busy;
	struct work_struct others;
	bool reset;
};

/* Whether these are the limits of the zone's list on each CPU. */
static bool limits_are(struct zone *zone, int high_min, int high_max, int batch)
{
	struct per_cpu_pages *pcp;
	int cpu;

	for_each_possible_cpu(cpu) {
		pcp = per_cpu_ptr(zone->per_cpu_pageset, cpu);
		if (memhp_pcp_high_min(pcp) != high_min ||
		    memhp_pcp_high_max(pcp) != high_max || pcp->batch != batch)
			return false;
	}
	return true;
}

static bool limits_are_set(struct zone *zone)
{
	return limits_are(zone, *memhp_zone_high_min(zone),
			  memhp_zone_high_max(zone), zone->pageset_batch);
}

/* As a write to vm.min_free_kbytes does. */
static void set_limits(struct work_struct *work)
{
	setup_per_zone_wmarks();
}

static int refuse(struct notifier_block *nb, unsigned long action, void *data)
{
	struct veto *veto = container_of(nb, struct veto, nb);

	if (action != MEM_GOING_OFFLINE)
		return NOTIFY_OK;
	veto->asked = true;
	veto->listed = !limits_are(veto->zone, 0, 0, 1);
	veto->cached = !lru_cache_disabled();
	if (!veto->busy)
		return notifier_from_errno(-EBUSY);
	/* What is right already would not be set. */
	++*memhp_zone_high_min(veto->zone);
	queue_work(system_unbound_wq, &veto->others);
	schedule_timeout_uninterruptible(GRACE);
	veto->reset = !limits_are(veto->zone, 0, 0, 1);
	return notifier_from_errno(-EBUSY);
}

static void unregister(void *nb)
{
	unregister_memory_notifier(nb);
}

/*
 * While a block goes offline, no CPU keeps one of its pages to itself. If that is
 * refused, CPUs may do so as before, and no pageblock stays isolated.
 */
static void offline_is_refused(struct kunit *test)
{
	struct memory_block *mem;
	struct zone *zone;
	struct veto *veto;

	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	put_online(test, mem, MMOP_ONLINE_MOVABLE, "before a veto");
	zone = mem->zone;
	KUNIT_EXPECT_TRUE(test, limits_are_set(zone));

	veto = kunit_kzalloc(test, sizeof(*veto), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, veto);
	veto->zone = zone;
	veto->nb.notifier_call = refuse;
	INIT_WORK(&veto->others, set_limits);
	KUNIT_ASSERT_EQ(test, register_memory_notifier(&veto->nb), 0);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, unregister, &veto->nb),
			0);
	KUNIT_EXPECT_EQ(test, memhp_block_offline(mem), -EBUSY);
	KUNIT_EXPECT_TRUE(test, veto->asked);
	KUNIT_EXPECT_FALSE_MSG(test, veto->listed,
			       "per-CPU lists are used while a block goes offline");
	KUNIT_EXPECT_FALSE_MSG(test, veto->cached,
			       "LRU caches are used while a block goes offline");
	KUNIT_EXPECT_TRUE_MSG(test, limits_are_set(zone),
			      "per-CPU lists have other limits after a veto");

	/* Not before, lest he put right what the veto leaves behind. */
	veto->busy = true;
	KUNIT_EXPECT_EQ(test, memhp_block_offline(mem), -EBUSY);
	kunit_release_action(test, unregister, &veto->nb);
	flush_work(&veto->others);
	KUNIT_EXPECT_FALSE_MSG(test, veto->reset,
			       "limits of per-CPU lists are set while a block goes offline");
	KUNIT_EXPECT_TRUE_MSG(test, limits_are_set(zone),
			      "per-CPU lists have other limits after others set them");
	KUNIT_EXPECT_FALSE_MSG(test, lru_cache_disabled(),
			       "LRU caches are not used after a veto");
	expect_node(test, memhp_block_nid(mem), "after a veto");
	expect_movable_pageblocks(test, mem);
	take_offline(test, mem, "without its last block");
}

/* The free pageblock at that pfn of a node, for the caller to free; or NULL. */
static struct page *take_pageblock(int nid, unsigned long pfn)
{
	/* As movable memory, lest it changes the type of the pageblock. */
	const gfp_t gfp = __GFP_HIGHMEM | __GFP_MOVABLE | __GFP_THISNODE |
			  __GFP_MEMALLOC | __GFP_NOWARN;
	struct page *page, *next, *found = NULL;
	LIST_HEAD(others);

	while (!found) {
		page = __alloc_pages_node(nid, gfp, pageblock_order);
		if (!page)
			break;
		if (page_to_pfn(page) == pfn)
			found = page;
		else
			list_add(&page->lru, &others);
	}
	list_for_each_entry_safe(page, next, &others, lru)
		__free_pages(page, pageblock_order);
	return found;
}

static void expect_not_isolated(struct kunit *test, struct memory_block *mem,
				unsigned long held)
{
	unsigned long pfn = section_nr_to_pfn(mem->start_section_nr);
	const unsigned long end = pfn + PHYS_PFN(memory_block_size_bytes());
	unsigned long isolated = 0;

	for (; pfn < end; pfn += pageblock_nr_pages)
		isolated += is_migrate_isolate_page(pfn_to_page(pfn));
	KUNIT_EXPECT_EQ_MSG(test, isolated, 0,
			    "pageblocks stay isolated, pageblock %lu is in use",
			    held);
}

/*
 * One pageblock that cannot be isolated is enough to refuse an offline, wherever
 * it is: those that have been isolated until then are given back.
 */
static void isolation_is_refused(struct kunit *test)
{
	const unsigned long nr = PHYS_PFN(memory_block_size_bytes()) /
				 pageblock_nr_pages;
	const unsigned long held[] = { 0, 1, nr / 2, nr - 1 };
	struct memory_block *mem;
	unsigned long first;
	struct page *page;
	int i;

	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	put_online(test, mem, MMOP_ONLINE_KERNEL, "before it is refused");
	first = section_nr_to_pfn(mem->start_section_nr);
	for (i = 0; i < ARRAY_SIZE(held); i++) {
		page = take_pageblock(memhp_block_nid(mem),
				      first + held[i] * pageblock_nr_pages);
		KUNIT_ASSERT_NOT_NULL_MSG(test, page, "pageblock %lu is in use",
					  held[i]);
		KUNIT_EXPECT_EQ(test, memhp_block_offline(mem), -EBUSY);
		__free_pages(page, pageblock_order);
		expect_not_isolated(test, mem, held[i]);
		expect_node(test, memhp_block_nid(mem), "after a refusal");
	}
	take_offline(test, mem, "without its last block");
}

/*
 * What goes online for the kernel joins the kernel zone that is there, the
 * lowest one, and where there is none, ZONE_NORMAL.
 */
static void kernel_zone_is_joined(struct kunit *test)
{
	struct zone *zone;
	int nid;

	get_online_mems();
	for_each_populated_zone(zone)
		if (zone_idx(zone) <= ZONE_NORMAL)
			KUNIT_EXPECT_PTR_EQ_MSG(test,
						zone_for_pfn_range(MMOP_ONLINE_KERNEL,
								   zone_to_nid(zone), NULL,
								   zone->zone_start_pfn,
								   pageblock_nr_pages),
						zone, "%d:%s",
						zone_to_nid(zone), zone->name);
	for_each_online_node(nid)
		KUNIT_EXPECT_PTR_EQ_MSG(test,
					zone_for_pfn_range(MMOP_ONLINE_KERNEL, nid, NULL,
							   pgdat_end_pfn(NODE_DATA(nid)),
							   pageblock_nr_pages),
					&NODE_DATA(nid)->node_zones[ZONE_NORMAL],
					"behind node %d", nid);
	put_online_mems();
}

#else /* !CONFIG_MEMORY_HOTREMOVE */

static void block_comes_and_goes(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void zone_with_hole(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void zone_within_zone(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void counts_survive_emptying(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void block_waits_for_reader(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void memory_stays_free_for_khugepaged(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void dirty_limit_follows(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void offline_is_refused(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void isolation_is_refused(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

static void kernel_zone_is_joined(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE");
}

#endif

static struct kunit_case memhp_zone_cases[] = {
	KUNIT_CASE_PARAM(block_comes_and_goes, memhp_scenario_gen_params),
	KUNIT_CASE(zone_with_hole),
	KUNIT_CASE(zone_within_zone),
	KUNIT_CASE(counts_survive_emptying),
	KUNIT_CASE(block_waits_for_reader),
	KUNIT_CASE(memory_stays_free_for_khugepaged),
	KUNIT_CASE(dirty_limit_follows),
	KUNIT_CASE(offline_is_refused),
	KUNIT_CASE(isolation_is_refused),
	KUNIT_CASE(kernel_zone_is_joined),
	{}
};

/* What the initramfs took becomes free memory, which zones then have more of. */
static int no_initramfs(struct kunit_suite *suite)
{
	wait_for_initramfs();
	return 0;
}

static struct kunit_suite memhp_zone_suite = {
	.name = "memhp_zone",
	.suite_init = no_initramfs,
	.test_cases = memhp_zone_cases,
};

kunit_test_suite(memhp_zone_suite);

MODULE_DESCRIPTION("KUnit test for zones and nodes across memory hotplug");
MODULE_LICENSE("GPL");
