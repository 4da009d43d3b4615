// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations that are restricted to one node, by a memory policy or a cpuset,
 * while the list that they go through is rewritten. The node has memory
 * throughout, so all of them succeed.
 *
 * The writer is stopped after each store, and one allocation of each kind is
 * made on another CPU. One that finds its node in the list as it is then takes
 * its page from there. One that does not has to wait in the allocator's slow
 * path until the rebuild is over.
 *
 * An allocation that is itself stopped in the middle is another matter. The
 * list is not read atomically: the entry may name another zone after it was
 * found to be of an allowed node.
 */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/cpu.h>
#include <linux/cpuset.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mempolicy.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sched/task.h>
#include <linux/time64.h>
#include <linux/topology.h>

#include "memhp_block.h"
#include "memhp_compat.h"
#include "zonelist_alloc.h"
#include "zonelist_watch.h"

#define STOPS_MAX	4
#define PATIENCE_NS	(20 * (u64)NSEC_PER_SEC)
#define HOLD_NS		(100 * (u64)NSEC_PER_MSEC)
#define STORES_MAX	(2 * (MAX_ZONES_PER_ZONELIST + 1))
#define ACCESSES_MAX	64

/*
 * Kinds of allocation. A cpuset restricts GFP_KERNEL only as far as memory is
 * easily found, so that is not among them.
 */
enum kind {
	POLICY_KERNEL, CPUSET_USER, POLICY_MOVABLE, CPUSET_MOVABLE, NR_KINDS
};

static const gfp_t gfps[] = {
	[POLICY_KERNEL] = GFP_KERNEL,
	[CPUSET_USER] = GFP_USER,
	[POLICY_MOVABLE] = GFP_HIGHUSER_MOVABLE,
	[CPUSET_MOVABLE] = GFP_HIGHUSER_MOVABLE,
};

static bool by_cpuset(enum kind kind)
{
	return kind == CPUSET_USER || kind == CPUSET_MOVABLE;
}

/* What the block does to the zone. */
enum { POPULATE, EMPTY, NR_DIRECTIONS };

/**
 * struct restricted_stop - a watch and what it belongs to
 * @watch: on one field of the list
 * @r: the test's state
 * @store: the number of the store
 */
struct restricted_stop {
	struct zonelist_watch watch;
	struct restricted *r;
	int store;
};

/**
 * struct restricted - what the writer and the allocating thread share
 * @mem: the block that populates and empties a zone
 * @zl: the list
 * @allowed: the only node that allocations may use
 * @writer: who rebuilds the list
 * @reader: who allocates
 * @direction: what the block is doing
 * @wanted: the kind of allocation to make, plus 1; 0 when it is done
 * @allocs: allocations that found the node in the list
 * @waited: allocations that had to wait for the end of the rebuild
 * @outside: pages that are not from @allowed
 * @failed: allocations that failed
 * @late: times that one side waited in vain for the other
 * @covered: stores after which the writer was stopped, in each direction
 * @stops: the watches
 * @entry: the entry of the list at which the reader is stopped
 * @park_kind: in which kind of allocation
 * @park_at: after which access
 * @accesses: how often it has accessed the entry
 * @parked: it is stopped
 */
struct restricted {
	struct memory_block *mem;
	struct zonelist *zl;
	nodemask_t allowed;
	struct task_struct *writer, *reader;
	int direction;
	int wanted;
	int allocs, waited, outside, failed, late;
	DECLARE_BITMAP(covered[NR_DIRECTIONS], STORES_MAX);
	struct restricted_stop stops[STOPS_MAX];
	struct zoneref *entry;
	enum kind park_kind;
	int park_at, accesses;
	bool parked;
};

#ifdef CONFIG_NUMA
static void set_policy(struct mempolicy *policy)
{
	task_lock(current);
	current->mempolicy = policy;
	task_unlock(current);
}

static struct page *alloc_bound(gfp_t gfp, nodemask_t *nodes)
{
	struct mempolicy policy = {
		.refcnt = ATOMIC_INIT(1),
		.mode = MPOL_BIND,
		.nodes = *nodes,
		.home_node = NUMA_NO_NODE,
	};
	struct page *page;

	set_policy(&policy);
	page = alloc_pages(gfp, 0);
	set_policy(NULL);
	return page;
}
#else
static struct page *alloc_bound(gfp_t gfp, nodemask_t *nodes)
{
	return NULL;
}
#endif

#ifdef CONFIG_CPUSETS
static struct page *alloc_in_cpuset(gfp_t gfp, nodemask_t *nodes)
{
	nodemask_t was = current->mems_allowed;
	struct page *page;

	set_mems_allowed(*nodes);
	page = alloc_pages(gfp, 0);
	set_mems_allowed(was);
	return page;
}

static void enable_cpusets(void)
{
	cpus_read_lock();
	cpuset_inc();
	cpus_read_unlock();
}

static void disable_cpusets(void *r)
{
	cpus_read_lock();
	cpuset_dec();
	cpus_read_unlock();
}
#else
static struct page *alloc_in_cpuset(gfp_t gfp, nodemask_t *nodes)
{
	return NULL;
}

static void enable_cpusets(void)
{
}

static void disable_cpusets(void *r)
{
}
#endif

/* Tell the reader to make an allocation. */
static void ask(struct restricted *r, enum kind kind)
{
	/* The reader sees all that was stored before. */
	smp_store_release(&r->wanted, kind + 1);
}

/* Has the reader done what it was told? */
static bool answered(struct restricted *r)
{
	/* Then the outcome is to be seen. */
	return !smp_load_acquire(&r->wanted);
}

static void allocate(struct restricted *r, enum kind kind)
{
	/* One that fails is counted: nobody is killed for it. */
	gfp_t gfp = gfps[kind] | __GFP_NOWARN | __GFP_RETRY_MAYFAIL;
	struct page *page;

	page = by_cpuset(kind) ? alloc_in_cpuset(gfp, &r->allowed) :
				 alloc_bound(gfp, &r->allowed);
	if (!page) {
		r->failed++;
		return;
	}
	if (!node_isset(page_to_nid(page), r->allowed))
		r->outside++;
	__free_page(page);
}

static int reader(void *arg)
{
	struct restricted *r = arg;
	int wanted;

	while (!kthread_should_stop()) {
		/* Pairs with ask(). */
		wanted = smp_load_acquire(&r->wanted);
		if (wanted) {
			allocate(r, wanted - 1);
			/* Pairs with answered(). */
			smp_store_release(&r->wanted, 0);
		}
		/* Nobody can be woken from where the writer is stopped. */
		usleep_range(20, 50);
	}
	return 0;
}

/* Callable with interrupts off, in an NMI as well. */
static bool answered_within(struct restricted *r, u64 ns)
{
	u64 deadline = zonelist_clock_ns() + ns;

	while (!answered(r)) {
		if (zonelist_clock_ns() > deadline)
			return false;
		cpu_relax();
	}
	return true;
}

static bool answered_in_time(struct restricted *r)
{
	if (answered_within(r, PATIENCE_NS))
		return true;
	r->late++;
	return false;
}

/* Would an allocation find its node in the list as it is? */
static bool finds_node(struct restricted *r, enum kind kind)
{
	return first_zones_zonelist(r->zl, gfp_zone(gfps[kind]),
				    &r->allowed)->zone;
}

/* Called in the writer, after each store that is watched. */
static void writer_stopped(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct restricted_stop *stop = container_of(watch,
						    struct restricted_stop,
						    watch);
	struct restricted *r = stop->r;
	enum kind kind;
	int waits = 0;

	/* The reader may still wait for this rebuild to end. */
	if (current != r->writer || !answered(r) ||
	    test_bit(stop->store, r->covered[r->direction]))
		return;

	for (kind = 0; kind < NR_KINDS; kind++) {
		if (!finds_node(r, kind)) {
			/* One can wait at a time: another after each store. */
			if (!waits || kind == stop->store % NR_KINDS)
				waits = kind + 1;
			continue;
		}
		ask(r, kind);
		if (!answered_in_time(r))
			return;
		r->allocs++;
	}
	if (waits) {
		r->waited++;
		ask(r, waits - 1);
		/* Long enough for one that gives up instead of waiting. */
		answered_within(r, HOLD_NS);
	}
	set_bit(stop->store, r->covered[r->direction]);
}

/* Populate the zone and empty it again. */
static int toggle(struct restricted *r)
{
	int ret;

	r->direction = POPULATE;
	ret = memhp_block_online(r->mem, MMOP_ONLINE_MOVABLE);
	if (ret || !answered_in_time(r))
		return ret;
	r->direction = EMPTY;
	ret = memhp_block_offline(r->mem);
	answered_in_time(r);
	return ret;
}

static int list_length(struct zonelist *zl)
{
	int len = 0;

	while (zl->_zonerefs[len].zone)
		len++;
	return len;
}

/*
 * Find a CPU whose node's list has a node with memory that lies behind the
 * block's node: its entry moves when the block populates a zone.
 */
static int choose(struct restricted *r)
{
	int cpu, nid = memhp_block_nid(r->mem);
	struct zoneref *z;
	pg_data_t *pgdat;

	for_each_online_cpu(cpu) {
		pgdat = NODE_DATA(cpu_to_node(cpu));
		r->zl = &pgdat->node_zonelists[ZONELIST_FALLBACK];
		z = r->zl->_zonerefs;
		while (z->zone && zone_to_nid(z->zone) != nid)
			z++;
		while (z->zone && zone_to_nid(z->zone) == nid)
			z++;
		if (z->zone) {
			r->entry = z;
			r->allowed = nodemask_of_node(zone_to_nid(z->zone));
			return cpu;
		}
	}
	return -ENOENT;
}

static void stop_reader(void *arg)
{
	struct restricted *r = arg;

	kthread_stop(r->reader);
}

static void disarm(void *arg)
{
	struct restricted *r = arg;
	int i;

	for (i = 0; i < STOPS_MAX; i++)
		zonelist_watch_disarm(&r->stops[i].watch);
}

static struct restricted *prepare(struct kunit *test,
				  enum zonelist_access access)
{
	struct restricted *r;
	int cpu, writer_cpu, i;

	zonelist_watch_require(test, 2, access);
	if (!IS_ENABLED(CONFIG_CPUSETS))
		kunit_skip(test, "no cpusets");
	r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r);
	r->mem = memhp_block_get(test, MEMHP_NODE_WITH_MEMORY);
	if (!r->mem)
		kunit_skip(test, "no offline memory block on such a node");
	cpu = choose(r);
	if (cpu < 0)
		kunit_skip(test, "no node behind that of the block");
	writer_cpu = cpumask_any_but(cpu_online_mask, cpu);
	if (writer_cpu >= nr_cpu_ids)
		kunit_skip(test, "only one CPU");

	enable_cpusets();
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, disable_cpusets, r),
			0);
	/* The thread of a test case ends with it. */
	r->writer = current;
	set_cpus_allowed_ptr(current, cpumask_of(writer_cpu));
	r->reader = kthread_create(reader, r, "zonelist_reader");
	if (IS_ERR(r->reader))
		KUNIT_FAIL_AND_ABORT(test, "no thread");
	kthread_bind(r->reader, cpu);
	wake_up_process(r->reader);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, stop_reader, r),
			0);
	for (i = 0; i < STOPS_MAX; i++)
		r->stops[i].r = r;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, disarm, r), 0);
	return r;
}

static void expect_good(struct kunit *test, struct restricted *r)
{
	KUNIT_EXPECT_EQ_MSG(test, r->failed, 0, "allocations that failed");
	KUNIT_EXPECT_EQ_MSG(test, r->late, 0, "times waited in vain");
}

/* Arm watches for stores that are not covered yet. */
static int arm_stops(struct kunit *test, struct restricted *r,
		     const int *expected)
{
	int slots = min(zonelist_watch_slots(), STOPS_MAX);
	int store, nr = 0;

	for (store = 0; store < expected[POPULATE] && nr < slots; store++) {
		struct restricted_stop *stop = &r->stops[nr];

		if (test_bit(store, r->covered[POPULATE]) &&
		    (store >= expected[EMPTY] ||
		     test_bit(store, r->covered[EMPTY])))
			continue;
		stop->store = store;
		stop->watch.hit = writer_stopped;
		KUNIT_ASSERT_EQ(test, zonelist_watch_store(&stop->watch, r->zl,
							   store), 0);
		nr++;
	}
	return nr;
}

/*
 * After each store to the list, whether it populates or empties a zone, each
 * kind of allocation gets its page from the node it is restricted to.
 */
static void after_each_store(struct kunit *test)
{
	struct restricted *r = prepare(test, ZONELIST_STORES);
	int len = list_length(r->zl), covered, before = 0;
	/* Two stores for each zone, and two for the end of the list. */
	int expected[NR_DIRECTIONS] = {
		[POPULATE] = 2 * (len + 2),
		[EMPTY] = 2 * (len + 1),
	};

	while (arm_stops(test, r, expected)) {
		KUNIT_ASSERT_EQ(test, toggle(r), 0);
		disarm(r);
		covered = bitmap_weight(r->covered[POPULATE], STORES_MAX) +
			  bitmap_weight(r->covered[EMPTY], STORES_MAX);
		KUNIT_ASSERT_GT_MSG(test, covered, before,
				    "the writer was not stopped");
		before = covered;
	}

	kunit_info(test, "%d stores: %d allocations at once, %d after the rebuild, %d outside",
		   before, r->allocs, r->waited, r->outside);
	KUNIT_EXPECT_EQ(test, before, expected[POPULATE] + expected[EMPTY]);
	KUNIT_EXPECT_GT(test, r->allocs, 0);
	KUNIT_EXPECT_GT(test, r->waited, 0);
	expect_good(test, r);
	KUNIT_EXPECT_EQ_MSG(test, r->outside, 0,
			    "pages from a node that is not allowed");
}

/* Called in the writer, after the store that opens the list. */
static void send_reader(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct restricted *r = container_of(watch, struct restricted_stop, watch)->r;
	u64 deadline = zonelist_clock_ns() + PATIENCE_NS;

	if (current != r->writer || r->direction != POPULATE)
		return;
	ask(r, r->park_kind);
	while (!READ_ONCE(r->parked) && !answered(r)) {
		if (zonelist_clock_ns() > deadline) {
			r->late++;
			return;
		}
		cpu_relax();
	}
}

/* Called in the reader, after each access to the entry. */
static void park_reader(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct restricted *r = container_of(watch, struct restricted_stop, watch)->r;
	u64 deadline = zonelist_clock_ns() + PATIENCE_NS;
	struct zone *zone = r->entry->zone;

	if (current != r->reader || ++r->accesses != r->park_at)
		return;
	WRITE_ONCE(r->parked, true);
	while (READ_ONCE(r->entry->zone) == zone) {
		if (zonelist_clock_ns() > deadline) {
			r->late++;
			break;
		}
		cpu_relax();
	}
	WRITE_ONCE(r->parked, false);
}

/*
 * The reader is stopped after each of its accesses to the entry of the allowed
 * node, in turn, until the writer has stored another zone there. It gets a page
 * in any case. That the page may be from a node that is not allowed is counted,
 * not judged.
 */
static void entry_changes(struct kunit *test, enum kind kind)
{
	struct restricted *r = prepare(test, ZONELIST_ACCESSES);
	char from[ACCESSES_MAX + 1] = {};

	for (r->park_at = 1; r->park_at <= ACCESSES_MAX; r->park_at++) {
		r->accesses = 0;
		r->outside = 0;
		r->park_kind = kind;
		r->stops[0].watch.hit = send_reader;
		r->stops[1].watch.hit = park_reader;
		KUNIT_ASSERT_EQ(test, zonelist_watch_zone(&r->stops[0].watch,
							  r->zl->_zonerefs,
							  ZONELIST_STORES), 0);
		KUNIT_ASSERT_EQ(test, zonelist_watch_zone(&r->stops[1].watch,
							  r->entry,
							  ZONELIST_ACCESSES), 0);
		KUNIT_ASSERT_EQ(test, toggle(r), 0);
		disarm(r);
		if (r->accesses < r->park_at)
			break;
		from[r->park_at - 1] = r->outside ? 'x' : '.';
	}

	kunit_info(test, "stopped after each of %d accesses, page from the allowed node (.) or another (x): %s",
		   r->park_at - 1, from);
	KUNIT_EXPECT_GT(test, r->park_at, 1);
	KUNIT_EXPECT_LE(test, r->park_at, ACCESSES_MAX);
	expect_good(test, r);
}

/* The entry changes under an allocation that a memory policy restricts. */
static void entry_changes_under_policy(struct kunit *test)
{
	entry_changes(test, POLICY_KERNEL);
}

/* The entry changes under an allocation that a cpuset restricts. */
static void entry_changes_under_cpuset(struct kunit *test)
{
	entry_changes(test, CPUSET_USER);
}

static struct kunit_case zonelist_restricted_cases[] = {
	KUNIT_CASE_SLOW(after_each_store),
	KUNIT_CASE_SLOW(entry_changes_under_policy),
	KUNIT_CASE_SLOW(entry_changes_under_cpuset),
	{}
};

static struct kunit_suite zonelist_restricted_suite = {
	.name = "zonelist_restricted",
	.test_cases = zonelist_restricted_cases,
};

kunit_test_suite(zonelist_restricted_suite);

MODULE_DESCRIPTION("KUnit test for restricted allocations while zonelists change");
MODULE_LICENSE("GPL");
