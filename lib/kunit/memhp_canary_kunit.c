// SPDX-License-Identifier: GPL-2.0
/*
 * Reports on purpose. Most of these cases pass, while the kernel complains:
 * whoever runs KUnit suites and says that all is well after one of these does
 * not look at the console. Run one per boot, since lockdep switches itself
 * off after its first report:
 *
 *	kunit.filter_glob=memhp_canary.lock_inversion
 */
#include <kunit/test.h>
#include <linux/debug_locks.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "memhp_compat.h"

#define BUSY_MIN_MS	(15 * MSEC_PER_SEC)
#define BUSY_MAX_MS	(60 * MSEC_PER_SEC)
#define RACE_MS		(3 * MSEC_PER_SEC)

/* What is missed: a warning in a test that passes. */
static void warn(struct kunit *test)
{
	WARN(1, "canary: a warning on purpose");
}

/* What is missed: two locks taken in either order. */
static void lock_inversion(struct kunit *test)
{
	static DEFINE_MUTEX(first);
	static DEFINE_MUTEX(second);

	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

/* What is missed: that lockdep is off, for whatever reason, without a word. */
static void lockdep_disabled(struct kunit *test)
{
	debug_locks_off();
}

/* What is missed: lockdep giving up because a table is full. */
static void lockdep_exhausted(struct kunit *test)
{
	static struct lock_class_key keys[64];
	static struct mutex locks[64];
	int i;

	for (i = 0; i < ARRAY_SIZE(locks); i++) {
		__mutex_init(&locks[i], "canary", &keys[i]);
		mutex_lock(&locks[i]);
	}
	while (i--)
		mutex_unlock(&locks[i]);
}

/* What is missed: sleeping with a spinlock held. */
static void sleep_in_atomic(struct kunit *test)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
}

/* What is missed: an allocation that fails loudly. */
static void alloc_failure(struct kunit *test)
{
	struct page *page, *next;
	LIST_HEAD(pages);

	for (;;) {
		page = alloc_pages(GFP_NOWAIT & ~__GFP_NOWARN, MAX_PAGE_ORDER);
		if (!page)
			break;
		list_add(&page->lru, &pages);
	}
	list_for_each_entry_safe(page, next, &pages, lru)
		__free_pages(page, MAX_PAGE_ORDER);
}

/* What is missed: a test that takes its thread down with it. */
static void oops(struct kunit *test)
{
	WRITE_ONCE(*(int *)8, 0);
}

/*
 * What is missed: a CPU that does nothing else, while a grace period waits for
 * it. Boot with rcupdate.rcu_cpu_stall_timeout=3 watchdog_thresh=2, else it
 * takes minutes.
 */
static void busy_cpu(struct kunit *test)
{
	/*
	 * Not mdelay(): on an emulated CPU its calibration may be far off. Nor
	 * is a detector punctual there, and only one of them leaves a taint.
	 */
	ktime_t start = ktime_get();
	s64 ms;

	preempt_disable();
	start_poll_synchronize_rcu();
	do {
		cpu_relax();
		ms = ktime_ms_delta(ktime_get(), start);
	} while (ms < BUSY_MIN_MS ||
		 (ms < BUSY_MAX_MS && !test_taint(TAINT_SOFTLOCKUP)));
	preempt_enable();
}

static int sleeper(void *arg)
{
	schedule_timeout_uninterruptible(60 * HZ);
	return 0;
}

/*
 * What is missed: a task that sleeps for good. Boot with
 * sysctl.kernel.hung_task_timeout_secs=2, and let it run for some seconds.
 */
static void hung_task(struct kunit *test)
{
	struct task_struct *task = kthread_run(sleeper, NULL, "memhp_canary");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
}

/* What is missed: a read of memory that is no longer ours. */
static void use_after_free(struct kunit *test)
{
	int *freed;

	if (!IS_ENABLED(CONFIG_KASAN))
		kunit_skip(test, "needs CONFIG_KASAN");

	freed = kmalloc(sizeof(*freed), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, freed);
	kfree(freed);
	OPTIMIZER_HIDE_VAR(freed);
	READ_ONCE(*freed);
}

static int race_writer(void *arg)
{
	struct zoneref *ref = arg;

	while (!kthread_should_stop()) {
		ref->zone_idx = 0;
		cond_resched();
	}
	return 0;
}

/*
 * What is missed: a race on a zonelist that nobody has thought about. On the
 * last entry, which is never more than a terminator: its index means nothing.
 */
static void zonelist_race(struct kunit *test)
{
	struct zonelist *lists = NODE_DATA(first_online_node)->node_zonelists;
	struct zoneref *ref = &lists->_zonerefs[MAX_ZONES_PER_ZONELIST];
	ktime_t end = ktime_add_ms(ktime_get(), RACE_MS);
	struct task_struct *task;
	int wrong = 0;

	if (!IS_ENABLED(CONFIG_KCSAN))
		kunit_skip(test, "needs CONFIG_KCSAN");

	task = kthread_run(race_writer, ref, "memhp_canary");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	while (ktime_before(ktime_get(), end)) {
		wrong |= ref->zone_idx;
		cond_resched();
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/* What is missed: a plain failure. */
static void failure(struct kunit *test)
{
	KUNIT_FAIL(test, "canary: this fails on purpose");
}

/* What is missed: a test that tests nothing any more. */
static void unexpected_skip(struct kunit *test)
{
	kunit_skip(test, "canary: a skip on purpose");
}

/* What is missed: a test that never ends. */
static void endless(struct kunit *test)
{
	for (;;)
		msleep(MSEC_PER_SEC);
}

/* What is missed: that the kernel never came to an end of its tests. */
static void crash(struct kunit *test)
{
	panic("canary: this ends the kernel on purpose");
}

static struct kunit_case memhp_canary_cases[] = {
	KUNIT_CASE(warn),
	KUNIT_CASE(lock_inversion),
	KUNIT_CASE(lockdep_disabled),
	KUNIT_CASE(lockdep_exhausted),
	KUNIT_CASE(sleep_in_atomic),
	KUNIT_CASE(alloc_failure),
	KUNIT_CASE(oops),
	KUNIT_CASE_SLOW(busy_cpu),
	KUNIT_CASE(hung_task),
	KUNIT_CASE(use_after_free),
	KUNIT_CASE_SLOW(zonelist_race),
	KUNIT_CASE(failure),
	KUNIT_CASE(unexpected_skip),
	KUNIT_CASE(endless),
	KUNIT_CASE(crash),
	{}
};

static struct kunit_suite memhp_canary_suite = {
	.name = "memhp_canary",
	.test_cases = memhp_canary_cases,
};

kunit_test_suite(memhp_canary_suite);

MODULE_DESCRIPTION("KUnit suite that provokes kernel reports on purpose");
MODULE_LICENSE("GPL");
