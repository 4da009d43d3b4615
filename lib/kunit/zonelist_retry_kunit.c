// SPDX-License-Identifier: GPL-2.0
/*
 * How the page allocator gets by with zonelists that are rewritten under it:
 * when its walk comes to no zone that it may use, zonelist_update_seq makes it
 * wait for the rebuild, or walk once more.
 *
 * A zone is populated that comes first in its own node's fallback list, so all
 * other zones move down by one entry, the last one in the end. When the last
 * entry has been overwritten and the one behind it has not been written yet,
 * the list lacks the last zone. There the rebuild is stopped, and whoever may
 * use no node but that of the last zone finds nothing.
 */
#include <kunit/test.h>
#include <linux/console.h>
#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/shrinker.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "memhp_block.h"
#include "memhp_compat.h"
#include "memhp_node.h"
#include "zonelist_alloc.h"
#include "zonelist_begin.h"
#include "zonelist_watch.h"

/* How long the rebuild stands still to see who does not wait for it. */
#define HOLD_MS		200

/**
 * struct retry - one allocation against one rebuild
 * @test: the running test
 * @mem: the block that goes online
 * @nid: its node
 * @zone: the zone that comes with it
 * @zl: the node's fallback list
 * @last: number of its last zone's entry
 * @allowed: the node of that zone, the only one that may be used
 * @alloc: the allocation
 * @park: where it parks in its slow path
 * @begin: tells when the rebuild begins
 * @lacking: stops the rebuild when the list lacks the zone
 * @final: stops the rebuild after its very last store
 * @end: sees that the allocation comes to the end of the list
 * @at_end: it has
 * @writer: the task that rebuilds
 * @hits: how often the list lacked the zone
 * @over: the rebuild has made its last store
 * @early: the allocation was done while the list lacked its only node
 * @self: interrupts the writer's own CPU
 * @self_ran: it did
 * @self_early: before the rebuild had made its last store
 * @printed: how often the writer printed to a console during the rebuild
 * @rebuilding: the rebuild is between @lacking and @final
 * @starved: zone whose low and high watermarks are raised, or NULL
 * @complaint: counts reports of failed allocations
 * @complaints: how many there were
 */
struct retry {
	struct kunit *test;
	struct memory_block *mem;
	int nid;
	struct zone *zone;
	struct zonelist *zl;
	int last;
	nodemask_t allowed;
	struct zonelist_alloc alloc;
	struct zonelist_park park;
	struct zonelist_begin begin;
	struct zonelist_watch lacking, final, end;
	bool at_end;
	struct task_struct *writer;
	int hits;
	bool over;
	bool early;
	struct irq_work self;
	bool self_ran, self_early;
	int printed;
	bool rebuilding;
	struct zone *starved;
	struct kprobe complaint;
	int complaints;
};

/* In the writer's debug exception: the list lacks the allowed node. */
static void list_lacks_node(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct retry *rt = container_of(watch, struct retry, lacking);

	if (current != rt->writer || rt->hits++)
		return;
	WRITE_ONCE(rt->rebuilding, true);
	irq_work_queue(&rt->self);
	rt->at_end = false;
	zonelist_alloc_go(&rt->alloc);
	zonelist_alloc_resume(&rt->alloc);
	if (zonelist_wait_for(&rt->at_end))
		rt->early = zonelist_hold_for(&rt->alloc.done, HOLD_MS);
}

/* In the allocation: its walk has come to the end of the list. */
static void end_of_list(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct retry *rt = container_of(watch, struct retry, end);

	if (current == rt->alloc.task)
		zonelist_set_flag(&rt->at_end);
}

/* In the writer's debug exception. */
static void last_store(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct retry *rt = container_of(watch, struct retry, final);

	if (current != rt->writer)
		return;
	rt->over = true;
	WRITE_ONCE(rt->rebuilding, false);
}

static void interrupted(struct irq_work *work)
{
	struct retry *rt = container_of(work, struct retry, self);

	rt->self_ran = true;
	rt->self_early = !rt->over;
}

/*
 * In the writer, before the rebuild. An allocation that is to be in its slow
 * path by the time the rebuild begins goes there, and parks. The watermarks that
 * make it are set anew when the block is online.
 */
static void rebuild_begins(struct zonelist_begin *begin)
{
	struct retry *rt = container_of(begin, struct retry, begin);

	if (rt->starved) {
		rt->starved->_watermark[WMARK_LOW] = zone_managed_pages(rt->starved);
		rt->starved->_watermark[WMARK_HIGH] = zone_managed_pages(rt->starved);
	}
	zonelist_alloc_wake(&rt->alloc);
	if (rt->alloc.park_at) {
		zonelist_alloc_go(&rt->alloc);
		zonelist_wait_for(&rt->alloc.parked);
	}
}

static int allocation_fails(struct kprobe *probe, struct pt_regs *regs)
{
	container_of(probe, struct retry, complaint)->complaints++;
	return 0;
}

static void unprobe(void *arg)
{
	unregister_kprobe(arg);
}

static void disarm(void *arg)
{
	struct retry *rt = arg;

	zonelist_alloc_resume(&rt->alloc);
	zonelist_watch_disarm(&rt->park.watch);
	zonelist_watch_disarm(&rt->lacking);
	zonelist_watch_disarm(&rt->final);
	zonelist_watch_disarm(&rt->end);
	irq_work_sync(&rt->self);
}

/**
 * retry_init() - find the block, the list and the node; start the threads
 * @test: the running test; skipped if the machine lacks something
 *
 * Context: process context, may sleep.
 * Return: what the cases work on.
 */
static struct retry *retry_init(struct kunit *test)
{
	struct zoneref *z;
	struct retry *rt;
	int cpu;

	zonelist_watch_require(test, 4, ZONELIST_ACCESSES);
	rt = kunit_kzalloc(test, sizeof(*rt), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rt);
	rt->test = test;
	rt->mem = memhp_block_get(test, MEMHP_NODE_WITH_MEMORY);
	if (!rt->mem)
		kunit_skip(test, "no offline memory block on a node with memory");
	rt->nid = memhp_block_nid(rt->mem);
	rt->zone = &NODE_DATA(rt->nid)->node_zones[ZONE_MOVABLE];
	rt->zl = &NODE_DATA(rt->nid)->node_zonelists[ZONELIST_FALLBACK];
	for (z = rt->zl->_zonerefs; z->zone; z++) {
		rt->last = z - rt->zl->_zonerefs;
		rt->allowed = nodemask_of_node(zone_to_nid(z->zone));
	}
	if (rt->last < 2 || node_isset(zone_to_nid(z[-2].zone), rt->allowed))
		kunit_skip(test, "the last node of the list has more than one zone");

	rt->writer = current;
	rt->self = IRQ_WORK_INIT_HARD(interrupted);
	rt->begin.fn = rebuild_begins;
	rt->lacking.hit = list_lacks_node;
	rt->final.hit = last_store;
	rt->end.hit = end_of_list;
	cpu = zonelist_alloc_pin(test);
	KUNIT_ASSERT_EQ(test, 0, zonelist_alloc_start(test, &rt->alloc, cpu));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, disarm, rt));
	KUNIT_ASSERT_EQ(test, 0, zonelist_begin_watch(test, &rt->begin));
	rt->complaint.symbol_name = "warn_alloc";
	rt->complaint.pre_handler = allocation_fails;
	KUNIT_ASSERT_EQ(test, 0, register_kprobe(&rt->complaint));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, unprobe,
							   &rt->complaint));

	rt->alloc.nid = rt->nid;
	rt->alloc.nodes = &rt->allowed;
	rt->alloc.gfp = GFP_KERNEL;
	rt->park.allocs = &rt->alloc;
	rt->park.nr = 1;
	return rt;
}

static unsigned long oom_kills(struct kunit *test)
{
	unsigned long *events, kills;

	events = kunit_kcalloc(test, NR_VM_EVENT_ITEMS, sizeof(*events),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, events);
	all_vm_events(events);
	kills = events[OOM_KILL];
	kunit_kfree(test, events);
	return kills;
}

/**
 * run_and_expect() - populate the zone while the allocation goes on
 * @rt: what the cases work on, the allocation being prepared
 *
 * The allocation must wait until the rebuild is over, and succeed.
 *
 * Context: process context, may sleep.
 */
static void run_and_expect(struct retry *rt)
{
	struct kunit *test = rt->test;
	unsigned long kills = oom_kills(test);
	bool done;
	int ret;

	KUNIT_ASSERT_EQ(test, 0,
			zonelist_watch_last_store(&rt->final, rt->zone, true));
	KUNIT_ASSERT_EQ(test, 0, zonelist_watch_store(&rt->lacking, rt->zl,
						      2 * rt->last));
	KUNIT_ASSERT_EQ(test, 0,
			zonelist_watch_zone(&rt->end,
					    &rt->zl->_zonerefs[rt->last + 1],
					    ZONELIST_ACCESSES));
	ret = memhp_block_online(rt->mem, MMOP_ONLINE_MOVABLE);
	done = zonelist_alloc_finish(&rt->alloc);
	disarm(rt);

	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_ASSERT_EQ_MSG(test, rt->hits, 1,
			    "how often the list lacked its last node");
	KUNIT_EXPECT_TRUE_MSG(test, rt->at_end,
			      "the allocation did not walk the list");
	KUNIT_EXPECT_TRUE_MSG(test, done, "the allocation does not end");
	KUNIT_EXPECT_FALSE_MSG(test, rt->early,
			       "the allocation did not wait for the rebuild");
	KUNIT_EXPECT_NOT_NULL_MSG(test, rt->alloc.page,
				  "the allocation failed");
	if (rt->alloc.page)
		KUNIT_EXPECT_TRUE(test, node_isset(rt->alloc.page_nid,
						   rt->allowed));
	KUNIT_EXPECT_EQ_MSG(test, rt->complaints, 0,
			    "allocation failures reported");
	KUNIT_EXPECT_EQ(test, oom_kills(test), kills);
	KUNIT_EXPECT_TRUE_MSG(test, rt->self_ran,
			      "the writer's CPU was not interrupted at all");
	KUNIT_EXPECT_FALSE_MSG(test, rt->self_early,
			       "the writer was interrupted in the middle of the rebuild");
}

/*
 * An allocation that finds nothing begins its slow path in the middle of a
 * rebuild: it waits for the rebuild.
 */
static void slow_path_waits(struct kunit *test)
{
	struct retry *rt = retry_init(test);

	zonelist_alloc_prepare(&rt->alloc);
	run_and_expect(rt);
}

/* The same in hard-irq context, on another CPU than the rebuild. */
static void irq_slow_path_waits(struct kunit *test)
{
	struct retry *rt = retry_init(test);

	rt->alloc.gfp = GFP_ATOMIC;
	rt->alloc.in_irq = true;
	zonelist_alloc_prepare(&rt->alloc);
	run_and_expect(rt);
}

/*
 * How often does a walk access the zone of the first entry? That is how far the
 * fast path gets. What comes on top of that is the slow path.
 */
static int accesses_of_fast_path(struct retry *rt)
{
	KUNIT_ASSERT_EQ(rt->test, 0,
			zonelist_park_arm(&rt->park, rt->zl->_zonerefs));
	rt->alloc.park_at = 0;
	zonelist_alloc_prepare(&rt->alloc);
	KUNIT_ASSERT_TRUE(rt->test, zonelist_alloc_finish(&rt->alloc));
	KUNIT_ASSERT_NOT_NULL(rt->test, rt->alloc.page);
	KUNIT_ASSERT_GT(rt->test, rt->alloc.accesses, 0);
	return rt->alloc.accesses;
}

/*
 * An allocation that began its slow path before the rebuild finds nothing in
 * the middle of it: it walks once more.
 *
 * It takes a reason for the fast path to fail: the node has less memory free
 * than its low watermark says. It has more than its min watermark says.
 */
static void slow_path_walks_again(struct kunit *test)
{
	struct retry *rt = retry_init(test);

	rt->starved = rt->zl->_zonerefs[rt->last].zone;
	rt->alloc.park_at = accesses_of_fast_path(rt) + 1;
	zonelist_alloc_prepare(&rt->alloc);
	run_and_expect(rt);
	KUNIT_EXPECT_TRUE_MSG(test, rt->alloc.parked,
			      "the allocation did not get to its slow path before the rebuild");
}

static void console_write(struct console *console, const char *text,
			  unsigned int len)
{
	struct retry *rt = console->data;

	if (current == rt->writer && READ_ONCE(rt->rebuilding))
		rt->printed++;
}

static void remove_console(void *console)
{
	unregister_console(console);
}

/*
 * What the writer prints does not get to a console before the rebuild is over:
 * a console may need a lock whose holder waits for the rebuild, in the slow
 * path of an allocation.
 */
static void writer_prints_later(struct kunit *test)
{
	struct retry *rt = retry_init(test);
	struct console *console;

	console = kunit_kzalloc(test, sizeof(*console), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, console);
	strscpy(console->name, "memhp", sizeof(console->name));
	console->write = console_write;
	console->flags = CON_ENABLED;
	console->index = -1;
	console->data = rt;
	register_console(console);
	KUNIT_ASSERT_TRUE(test, console_is_registered(console));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, remove_console,
						  console));

	rt->alloc.gfp = GFP_ATOMIC;
	rt->alloc.in_irq = true;
	zonelist_alloc_prepare(&rt->alloc);
	run_and_expect(rt);
	KUNIT_EXPECT_EQ_MSG(test, rt->printed, 0,
			    "lines printed to a console in the middle of the rebuild");
}

/**
 * struct starving - an allocation that finds no memory, and a rebuild meanwhile
 * @task: allocates
 * @nid: the only node that may be used
 * @watermarks: of its zones, as they were
 * @reclaim: tells when the allocation begins to reclaim memory
 * @rounds: how often it did
 * @shrinker: called while it does
 * @rebuild: rebuilds the zonelists
 * @rebuilt: that has been done
 * @oom: called before anybody is killed
 * @ooms: how often, for this allocation
 */
struct starving {
	struct task_struct *task;
	int nid;
	unsigned long watermarks[MAX_NR_ZONES][NR_WMARK];
	struct kprobe reclaim;
	int rounds;
	struct shrinker *shrinker;
	struct work_struct rebuild;
	struct completion rebuilt;
	struct notifier_block oom;
	int ooms;
};

/*
 * No zone of the node has so many pages, not even if all are free and counted
 * twice, as free ones and, there being no others, as those to reclaim.
 */
static void raise_watermarks(struct starving *st)
{
	struct zone *zone = NODE_DATA(st->nid)->node_zones;
	int i, mark;

	for (i = 0; i < MAX_NR_ZONES; i++, zone++) {
		memcpy(st->watermarks[i], zone->_watermark,
		       sizeof(zone->_watermark));
		for (mark = 0; mark < NR_WMARK; mark++)
			zone->_watermark[mark] = 2 * zone_managed_pages(zone);
	}
}

static void restore_watermarks(struct starving *st)
{
	struct zone *zone = NODE_DATA(st->nid)->node_zones;
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++, zone++)
		memcpy(zone->_watermark, st->watermarks[i],
		       sizeof(zone->_watermark));
}

/* The second time, there is memory. */
static int reclaim_begins(struct kprobe *probe, struct pt_regs *regs)
{
	struct starving *st = container_of(probe, struct starving, reclaim);

	if (current == st->task && ++st->rounds == 2)
		restore_watermarks(st);
	return 0;
}

static void rebuild_now(struct work_struct *work)
{
	struct starving *st = container_of(work, struct starving, rebuild);

	memhp_rebuild_zonelists();
	complete_all(&st->rebuilt);
}

/* Who reclaims memory must not take mem_hotplug_lock: somebody else does. */
static unsigned long rebuild_meanwhile(struct shrinker *shrinker,
				       struct shrink_control *control)
{
	struct starving *st;

	if (!current->kunit_test)
		return SHRINK_EMPTY;
	st = current->kunit_test->priv;
	if (!completion_done(&st->rebuilt)) {
		queue_work(system_unbound_wq, &st->rebuild);
		wait_for_completion(&st->rebuilt);
	}
	return SHRINK_EMPTY;
}

/* Nobody is killed if something has been freed. */
static int out_of_memory_for(struct notifier_block *nb, unsigned long unused,
			     void *freed)
{
	struct starving *st = container_of(nb, struct starving, oom);

	if (current != st->task)
		return NOTIFY_OK;
	st->ooms++;
	*(unsigned long *)freed = 1;
	return NOTIFY_OK;
}

static void stop_shrinking(void *shrinker)
{
	shrinker_free(shrinker);
}

static int some_other_node(void)
{
	int nid;

	for_each_node_state(nid, N_NORMAL_MEMORY)
		if (nid != cpu_to_node(0))
			return nid;
	return NUMA_NO_NODE;
}

/*
 * An allocation has reclaimed memory without success, and the zonelists have been
 * rebuilt meanwhile: nobody is killed, it begins anew.
 */
static void rebuild_before_oom(struct kunit *test)
{
	struct starving *st = kunit_kzalloc(test, sizeof(*st), GFP_KERNEL);
	nodemask_t allowed;
	struct page *page;

	KUNIT_ASSERT_NOT_NULL(test, st);
	test->priv = st;
	st->nid = some_other_node();
	if (st->nid == NUMA_NO_NODE)
		kunit_skip(test, "no other node with memory for the kernel");
	allowed = nodemask_of_node(st->nid);
	st->task = current;
	INIT_WORK(&st->rebuild, rebuild_now);
	init_completion(&st->rebuilt);
	st->shrinker = shrinker_alloc(0, "memhp");
	KUNIT_ASSERT_NOT_NULL(test, st->shrinker);
	st->shrinker->count_objects = rebuild_meanwhile;
	shrinker_register(st->shrinker);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, stop_shrinking,
						  st->shrinker));
	st->reclaim.symbol_name = "try_to_free_pages";
	st->reclaim.pre_handler = reclaim_begins;
	KUNIT_ASSERT_EQ(test, 0, register_kprobe(&st->reclaim));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, unprobe, &st->reclaim));
	st->oom.notifier_call = out_of_memory_for;
	KUNIT_ASSERT_EQ(test, 0, register_oom_notifier(&st->oom));

	raise_watermarks(st);
	page = __alloc_pages(GFP_KERNEL, 0, st->nid, &allowed);
	restore_watermarks(st);
	unregister_oom_notifier(&st->oom);

	KUNIT_EXPECT_NOT_NULL(test, page);
	if (page)
		__free_page(page);
	KUNIT_EXPECT_TRUE_MSG(test, completion_done(&st->rebuilt),
			      "the allocation did not reclaim memory");
	KUNIT_EXPECT_EQ(test, st->rounds, 2);
	KUNIT_EXPECT_EQ_MSG(test, st->ooms, 0,
			    "out of memory with a list that has been rebuilt since");
}

static struct kunit_case zonelist_retry_cases[] = {
	KUNIT_CASE(slow_path_waits),
	KUNIT_CASE(irq_slow_path_waits),
	KUNIT_CASE(slow_path_walks_again),
	KUNIT_CASE(writer_prints_later),
	KUNIT_CASE(rebuild_before_oom),
	{}
};

static struct kunit_suite zonelist_retry_suite = {
	.name = "zonelist_retry",
	.test_cases = zonelist_retry_cases,
};

kunit_test_suite(zonelist_retry_suite);

MODULE_DESCRIPTION("KUnit test for allocations that find zonelists rewritten under them");
MODULE_LICENSE("GPL");
