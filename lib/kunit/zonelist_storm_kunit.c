// SPDX-License-Identifier: GPL-2.0
/*
 * Zonelists under fire: threads rebuild them, walk them and allocate through
 * them, an hrtimer on every CPU allocates from hard-irq context, and a block
 * of memory goes online and offline so that the set of zones really changes.
 *
 * What must hold all the time: a walk ends within the list and sees only zones
 * of this machine; a walk of a fallback list sees at least one with memory;
 * and an allocation that has memory to succeed from does succeed.
 *
 * The lists are rewritten in place. So it is tolerated, and counted, that a
 * walk misses a zone or sees one twice. A walk of a THISNODE list may even see
 * nothing but a zone that has just been emptied: it reads that zone from the
 * first entry, then the list moves up, and then it reads the end of the list
 * from the second. It takes the retry in the allocator's slow path for a
 * __GFP_THISNODE allocation to succeed then.
 *
 * This is the probabilistic supplement: it makes no claim about interleavings
 * that did not happen.
 */
#include <kunit/test.h>
#include <linux/console.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/printk.h>

#include "memhp_block.h"
#include "memhp_compat.h"
#include "zonelist_reader.h"

#define NR_REBUILDERS	2
#define NR_WALKERS	2
#define NR_ALLOCATORS	2
#define NR_THREADS	(NR_REBUILDERS + NR_WALKERS + NR_ALLOCATORS)

#define REBUILDS	400	/* by each rebuilder, at least */
#define REBUILDS_PER_FLUSH 8
#define HOTPLUG_ROUNDS	6
#define IRQ_ALLOCS	10	/* at least */
#define PATIENCE_MS	(60 * MSEC_PER_SEC)
#define IRQ_PERIOD_NS	(500 * NSEC_PER_USEC)

/**
 * struct storm - what the threads of one storm share
 * @test: the running test
 * @stop: set when all shall come to an end
 * @steady: the nodes that keep memory throughout
 * @rebuilds: calls of build_all_zonelists()
 * @walks: zonelists walked
 * @allocs: pages allocated by threads
 * @irq_allocs: pages allocated in hard-irq context
 * @missed: walks of a fallback list that did not see every steady node
 * @twice: walks that saw some zone twice
 * @torn: zonerefs seen with another zone's index
 * @emptied: walks of a steady node's THISNODE list, or of the fallback list of a
 *	machine with one steady node, that saw only zones without memory
 * @endless: walks that found no end: must stay 0
 * @empty: walks of a fallback list that saw no zone with memory, and of a
 *	steady node's THISNODE list that saw no zone: must stay 0
 * @stray: zonerefs that point to no zone of this machine: must stay 0
 * @failed: allocations by threads that failed: must stay 0
 * @irq_failed: allocations in hard-irq context that failed: must stay 0
 */
struct storm {
	struct kunit *test;
	bool stop;
	nodemask_t steady;
	atomic_long_t rebuilds, walks, allocs, irq_allocs;
	atomic_long_t missed, twice, torn, emptied;
	atomic_long_t endless, empty, stray, failed, irq_failed;
};

static void flush_console(void)
{
	console_lock();
	console_unlock();
}

/*
 * The level is looked at when a message is printed, not when it is logged, and
 * a message without a newline, as KUnit's are, is printed only when the next
 * one comes. So print one and let the console catch up first, lest results
 * that are still due be dropped.
 */
static int quiet_console(struct kunit *test)
{
	int old = console_loglevel;

	kunit_info(test, "%d threads rebuild, %d walk, %d allocate\n",
		   NR_REBUILDERS, NR_WALKERS, NR_ALLOCATORS);
	flush_console();
	console_loglevel = min(old, LOGLEVEL_INFO);
	return old;
}

static void restore_console(int level)
{
	flush_console();
	console_loglevel = level;
}

static bool storm_over(struct storm *s)
{
	cond_resched();
	return READ_ONCE(s->stop) || kthread_should_stop();
}

/* kthread_stop() needs the thread to be there still. */
static int wait_for_stop(void)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

/*
 * Without mem_hotplug_lock on purpose: that rebuilds race each other and the
 * hotplug operation is what zonelist_update_seq has to deal with.
 *
 * Each rebuild logs a handful of lines. Left alone, they outrun the console,
 * and the log would drop messages that matter.
 */
static int rebuilder(void *arg)
{
	struct storm *s = arg;
	int i;

	while (!storm_over(s)) {
		for (i = 0; i < REBUILDS_PER_FLUSH; i++)
			build_all_zonelists(NULL);
		atomic_long_add(i, &s->rebuilds);
		flush_console();
	}
	return wait_for_stop();
}

/**
 * walk() - walk one zonelist as it is being rewritten, and keep the score
 * @s: the storm
 * @nid: whose list
 * @list: ZONELIST_FALLBACK or ZONELIST_NOFALLBACK
 * @seen: scratch space for MAX_ZONES_PER_ZONELIST zones
 *
 * Context: any; takes no lock, as the page allocator takes none.
 */
static void walk(struct storm *s, int nid, int list, struct zone **seen)
{
	struct zoneref *refs = NODE_DATA(nid)->node_zonelists[list]._zonerefs;
	nodemask_t nodes = NODE_MASK_NONE;
	bool twice = false, populated = false;
	int i, k;

	for (i = 0; i <= MAX_ZONES_PER_ZONELIST; i++) {
		struct zone *zone = READ_ONCE(refs[i].zone);
		int idx = READ_ONCE(refs[i].zone_idx);

		if (!zone)
			break;
		if (zonelist_zone_number(zone) < 0) {
			atomic_long_inc(&s->stray);
			break;
		}
		if (idx != zone_idx(zone))
			atomic_long_inc(&s->torn);
		for (k = 0; k < i; k++)
			twice |= seen[k] == zone;
		if (i < MAX_ZONES_PER_ZONELIST)
			seen[i] = zone;
		populated |= populated_zone(zone);
		node_set(zone_to_nid(zone), nodes);
	}

	atomic_long_inc(&s->walks);
	if (twice)
		atomic_long_inc(&s->twice);
	if (i > MAX_ZONES_PER_ZONELIST)
		atomic_long_inc(&s->endless);
	if (list == ZONELIST_FALLBACK) {
		if (!nodes_subset(s->steady, nodes))
			atomic_long_inc(&s->missed);
		/* With one node, this list is like a THISNODE list. */
		if (!populated)
			atomic_long_inc(nodes_weight(s->steady) > 1 ?
					&s->empty : &s->emptied);
	} else if (node_isset(nid, s->steady)) {
		if (!i)
			atomic_long_inc(&s->empty);
		else if (!populated)
			atomic_long_inc(&s->emptied);
	}
}

static int walker(void *arg)
{
	struct storm *s = arg;
	struct zone **seen;
	int nid, list;

	seen = kcalloc(MAX_ZONES_PER_ZONELIST, sizeof(*seen), GFP_KERNEL);
	if (!seen)
		atomic_long_inc(&s->failed);

	while (seen && !storm_over(s))
		for_each_node(nid)
			for (list = 0; list < MAX_ZONELISTS; list++)
				walk(s, nid, list, seen);
	kfree(seen);
	return wait_for_stop();
}

static void try_alloc(int nid, gfp_t gfp, atomic_long_t *ok,
		      atomic_long_t *failed)
{
	struct page *page = alloc_pages_node(nid, gfp | __GFP_NOWARN, 0);

	if (page) {
		atomic_long_inc(ok);
		__free_page(page);
	} else {
		atomic_long_inc(failed);
	}
}

/*
 * There is plenty of memory on every steady node, so all of these succeed.
 *
 * Those of the THISNODE lists ask for all zones. With a lower highest index,
 * they could oops: that bug has a test of its own, zonelist_vanish.
 */
static int allocator(void *arg)
{
	struct storm *s = arg;
	int nid;

	while (!storm_over(s)) {
		for_each_node_mask(nid, s->steady) {
			try_alloc(nid, GFP_KERNEL, &s->allocs, &s->failed);
			try_alloc(nid, GFP_ATOMIC, &s->allocs, &s->failed);
			try_alloc(nid, GFP_HIGHUSER_MOVABLE | __GFP_THISNODE,
				  &s->allocs, &s->failed);
		}
	}
	return wait_for_stop();
}

struct irq_allocator {
	struct storm *s;
	struct hrtimer timer;
	int nid;
};

static DEFINE_PER_CPU(struct irq_allocator, irq_allocators);

static enum hrtimer_restart irq_alloc(struct hrtimer *timer)
{
	struct irq_allocator *ia = container_of(timer, struct irq_allocator,
						timer);

	try_alloc(ia->nid, GFP_ATOMIC, &ia->s->irq_allocs, &ia->s->irq_failed);
	ia->nid = next_node_in(ia->nid, ia->s->steady);
	hrtimer_forward_now(timer, ns_to_ktime(IRQ_PERIOD_NS));
	return HRTIMER_RESTART;
}

/* Runs on the CPU whose timer it starts. */
static void start_irq_allocator(void *arg)
{
	struct irq_allocator *ia = this_cpu_ptr(&irq_allocators);

	ia->s = arg;
	ia->nid = first_node(ia->s->steady);
	hrtimer_init(&ia->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	ia->timer.function = irq_alloc;
	hrtimer_start(&ia->timer, ns_to_ktime(IRQ_PERIOD_NS),
		      HRTIMER_MODE_REL_PINNED_HARD);
}

static void stop_irq_allocators(void)
{
	int cpu;

	for_each_online_cpu(cpu)
		hrtimer_cancel(&per_cpu_ptr(&irq_allocators, cpu)->timer);
}

/* Take the block on- and offline; the first error ends the storm. */
static int toggle(struct memory_block *mem)
{
	int i, ret;

	for (i = 0; i < HOTPLUG_ROUNDS; i++) {
		ret = memhp_block_online(mem, MMOP_ONLINE_MOVABLE);
		if (ret)
			return ret;
		ret = memhp_block_offline(mem);
		if (ret)
			return ret;
	}
	return 0;
}

static int (*const thread_fns[])(void *) = { rebuilder, walker, allocator };

static const char *const thread_names[] = {
	"zonelist_rebuild", "zonelist_walk", "zonelist_alloc",
};

static const int thread_counts[] = {
	NR_REBUILDERS, NR_WALKERS, NR_ALLOCATORS,
};

static int start_threads(struct storm *s, struct task_struct **threads)
{
	int kind, i, nr = 0;

	for (kind = 0; kind < ARRAY_SIZE(thread_fns); kind++) {
		for (i = 0; i < thread_counts[kind]; i++) {
			threads[nr] = kthread_run(thread_fns[kind], s, "%s/%d",
						  thread_names[kind], i);
			if (IS_ERR(threads[nr]))
				return nr;
			nr++;
		}
	}
	return nr;
}

/* Has every side had its part? */
static bool storm_enough(struct storm *s)
{
	return atomic_long_read(&s->rebuilds) >= NR_REBUILDERS * REBUILDS &&
	       atomic_long_read(&s->irq_allocs) >= IRQ_ALLOCS &&
	       atomic_long_read(&s->walks) && atomic_long_read(&s->allocs);
}

static void report(struct storm *s, s64 us)
{
	struct kunit *test = s->test;
	long rebuilds = atomic_long_read(&s->rebuilds);
	long walks = atomic_long_read(&s->walks);
	long allocs = atomic_long_read(&s->allocs);
	long irq_allocs = atomic_long_read(&s->irq_allocs);

	us = max_t(s64, us, 1);
	kunit_info(test, "rebuilds %ld (%lld/s), walks %ld (%lld/s)",
		   rebuilds, div64_s64(rebuilds * USEC_PER_SEC, us),
		   walks, div64_s64(walks * USEC_PER_SEC, us));
	kunit_info(test, "allocations %ld (%lld/s), in hard-irq %ld (%lld/s)",
		   allocs, div64_s64(allocs * USEC_PER_SEC, us),
		   irq_allocs, div64_s64(irq_allocs * USEC_PER_SEC, us));
	kunit_info(test, "tolerated: missed %ld, twice %ld, torn %ld, emptied %ld",
		   atomic_long_read(&s->missed), atomic_long_read(&s->twice),
		   atomic_long_read(&s->torn), atomic_long_read(&s->emptied));
}

/**
 * run_storm() - run one storm and check what must hold
 * @test: the running test
 * @mem: the block to toggle meanwhile, or NULL for none
 *
 * Ends when the block was toggled and each side has done enough.
 * Every rebuild prints four lines or more at KERN_INFO; they are kept off the
 * console, which would otherwise set the pace, but stay in the log.
 *
 * Context: process context, may sleep.
 */
static void run_storm(struct kunit *test, struct memory_block *mem)
{
	struct task_struct *threads[NR_THREADS];
	int nr, loglevel, ret = 0;
	struct storm *s;
	ktime_t start, deadline;
	s64 us;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	s->test = test;
	s->steady = node_states[N_MEMORY];

	loglevel = quiet_console(test);
	cpus_read_lock();
	start = ktime_get();
	nr = start_threads(s, threads);
	on_each_cpu(start_irq_allocator, s, 1);
	cpus_read_unlock();

	if (nr == NR_THREADS && mem)
		ret = toggle(mem);
	deadline = ktime_add_ms(ktime_get(), PATIENCE_MS);
	while (nr == NR_THREADS && !storm_enough(s) &&
	       ktime_before(ktime_get(), deadline))
		usleep_range(1000, 2000);

	us = ktime_us_delta(ktime_get(), start);
	WRITE_ONCE(s->stop, true);
	cpus_read_lock();
	stop_irq_allocators();
	cpus_read_unlock();
	KUNIT_EXPECT_EQ(test, nr, NR_THREADS);
	while (nr--)
		kthread_stop(threads[nr]);
	restore_console(loglevel);

	KUNIT_EXPECT_EQ_MSG(test, ret, 0, "the block could not be toggled");
	report(s, us);

	KUNIT_EXPECT_EQ_MSG(test, atomic_long_read(&s->endless), 0,
			    "walks that found no end");
	KUNIT_EXPECT_EQ_MSG(test, atomic_long_read(&s->empty), 0,
			    "walks that saw no zone, or none with memory");
	KUNIT_EXPECT_EQ_MSG(test, atomic_long_read(&s->stray), 0,
			    "zonerefs that are no zone");
	KUNIT_EXPECT_EQ_MSG(test, atomic_long_read(&s->failed), 0,
			    "allocations that failed");
	KUNIT_EXPECT_EQ_MSG(test, atomic_long_read(&s->irq_failed), 0,
			    "allocations in hard-irq context that failed");

	KUNIT_EXPECT_TRUE_MSG(test, storm_enough(s),
			      "too little happened for this to prove anything");
}

/* Rebuilds alone, of zones that do not change. */
static void storm_rebuild(struct kunit *test)
{
	run_storm(test, NULL);
}

struct hotplug_param {
	const char *desc;
	enum memhp_node_kind kind;
};

static const struct hotplug_param hotplug_params[] = {
	{ "a node with memory", MEMHP_NODE_WITH_MEMORY },
	{ "a node without memory", MEMHP_NODE_WITHOUT_MEMORY },
};

static void describe_hotplug(const struct hotplug_param *param, char *desc)
{
	strscpy(desc, param->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(hotplug, hotplug_params, describe_hotplug);

/* Rebuilds while a zone is populated and emptied. */
static void storm_hotplug(struct kunit *test)
{
	const struct hotplug_param *p = test->param_value;
	struct memory_block *mem = memhp_block_get(test, p->kind);

	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	run_storm(test, mem);
}

static struct kunit_case zonelist_storm_cases[] = {
	KUNIT_CASE_SLOW(storm_rebuild),
	KUNIT_CASE_PARAM_ATTR(storm_hotplug, hotplug_gen_params,
			      {.speed = KUNIT_SPEED_SLOW}),
	{}
};

static struct kunit_suite zonelist_storm_suite = {
	.name = "zonelist_storm",
	.test_cases = zonelist_storm_cases,
};

kunit_test_suite(zonelist_storm_suite);

MODULE_DESCRIPTION("KUnit stress test for zonelists under concurrent rebuilds");
MODULE_LICENSE("GPL");
