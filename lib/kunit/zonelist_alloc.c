// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that allocate a page when they are told to, be it by a writer of
 * zonelists that stands in a debug exception, and that can be parked in the
 * middle of a walk of a zonelist: at an access to one of its entries.
 *
 * Nobody can be woken up from a debug exception. So a thread is woken up
 * before, and polls. While it does, and while it is parked, its CPU does nothing
 * else: between the moments when it is woken up and when it is done, there must
 * be nothing that needs all CPUs.
 */
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/timekeeping.h>

#include "memhp_compat.h"
#include "zonelist_alloc.h"

/**
 * zonelist_set_flag() - set a flag that somebody may be waiting for
 * @flag: the flag
 *
 * Context: any, also NMI.
 */
void zonelist_set_flag(bool *flag)
{
	/* Pairs with zonelist_hold_for(): what was done before is seen. */
	smp_store_release(flag, true);
}

/**
 * zonelist_clock_ns() - a clock for those who spin
 *
 * Context: any, also NMI.
 * Return: nanoseconds since some time.
 */
u64 zonelist_clock_ns(void)
{
	/* It is made to be read while it is updated: no news for KCSAN. */
	return data_race(ktime_get_mono_fast_ns());
}

/**
 * zonelist_hold_for() - spin for a while, or until a flag is set
 * @flag: the flag
 * @ms: milliseconds
 *
 * Context: any, also NMI.
 * Return: true if the flag is set.
 */
bool zonelist_hold_for(const bool *flag, unsigned int ms)
{
	u64 end = zonelist_clock_ns() + (u64)ms * NSEC_PER_MSEC;

	/* Pairs with zonelist_set_flag(). */
	while (!smp_load_acquire(flag)) {
		if (zonelist_clock_ns() > end)
			return false;
		cpu_relax();
	}
	return true;
}

/**
 * zonelist_wait_for() - spin until a flag is set
 * @flag: the flag
 *
 * Context: any, also NMI.
 * Return: true if it is set, false if it took too long.
 */
bool zonelist_wait_for(const bool *flag)
{
	return zonelist_hold_for(flag, ZONELIST_PATIENCE_MS);
}

static void allocate(struct zonelist_alloc *a)
{
	a->page = __alloc_pages(a->gfp, 0, a->nid, a->nodes);
	if (a->page) {
		a->page_nid = page_to_nid(a->page);
		__free_page(a->page);
	}
	zonelist_set_flag(&a->done);
}

static void allocate_in_irq(struct irq_work *work)
{
	allocate(container_of(work, struct zonelist_alloc, work));
}

static void poll_and_allocate(struct zonelist_alloc *a)
{
	zonelist_set_flag(&a->polling);
	if (!zonelist_wait_for(&a->go)) {
		a->gave_up = true;
		return;
	}
	if (a->in_irq) {
		irq_work_queue(&a->work);
		irq_work_sync(&a->work);
	} else {
		allocate(a);
	}
}

static int alloc_thread(void *arg)
{
	struct zonelist_alloc *a = arg;

	while (!kthread_should_stop()) {
		wait_for_completion_state(&a->wanted, TASK_IDLE);
		if (!kthread_should_stop())
			poll_and_allocate(a);
	}
	return 0;
}

static void stop_thread(void *arg)
{
	struct zonelist_alloc *a = arg;

	zonelist_alloc_go(a);
	zonelist_alloc_resume(a);
	/* For good: it must not wait once more before it is told to stop. */
	complete_all(&a->wanted);
	kthread_stop(a->task);
	put_task_struct(a->task);
}

/**
 * zonelist_alloc_pin() - make the test stay on its CPU, and find another one
 * @test: the running test; skipped if there is no other CPU
 *
 * Every case has a thread of its own, which ends with it.
 *
 * Context: process context, may sleep.
 * Return: an online CPU that the test does not run on.
 */
int zonelist_alloc_pin(struct kunit *test)
{
	int cpu = raw_smp_processor_id();

	if (num_online_cpus() < 2)
		kunit_skip(test, "no CPU to allocate on while another one rebuilds");
	set_cpus_allowed_ptr(current, cpumask_of(cpu));
	return cpumask_any_but(cpu_online_mask, cpu);
}

/**
 * zonelist_alloc_start() - start a thread; it ends with the test
 * @test: the running test
 * @alloc: the thread
 * @cpu: the online CPU that it runs on
 *
 * Context: process context, may sleep.
 * Return: 0 or a negative errno.
 */
int zonelist_alloc_start(struct kunit *test, struct zonelist_alloc *alloc,
			 int cpu)
{
	init_completion(&alloc->wanted);
	alloc->work = IRQ_WORK_INIT_HARD(allocate_in_irq);
	alloc->task = kthread_run_on_cpu(alloc_thread, alloc, cpu,
					 "zonelist_alloc/%u");
	if (IS_ERR(alloc->task))
		return PTR_ERR(alloc->task);
	/* An oops may end it before it is told to stop. */
	get_task_struct(alloc->task);
	return kunit_add_action_or_reset(test, stop_thread, alloc);
}

/**
 * zonelist_alloc_prepare() - forget the last allocation
 * @alloc: the thread, with the fields up to @park_at filled in
 *
 * Context: process context; the thread is done with the last one.
 */
void zonelist_alloc_prepare(struct zonelist_alloc *alloc)
{
	alloc->page = NULL;
	alloc->page_nid = NUMA_NO_NODE;
	alloc->accesses = 0;
	alloc->parked = false;
	alloc->done = false;
	alloc->gave_up = false;
	alloc->woken = false;
	alloc->polling = false;
	alloc->go = false;
	alloc->resume = false;
}

/**
 * zonelist_alloc_wake() - make a thread poll for zonelist_alloc_go()
 * @alloc: the thread
 *
 * Context: any but NMI.
 * Return: true if it polls, false if it takes too long to get there.
 */
bool zonelist_alloc_wake(struct zonelist_alloc *alloc)
{
	alloc->woken = true;
	complete(&alloc->wanted);
	return zonelist_wait_for(&alloc->polling);
}

/**
 * zonelist_alloc_go() - begin to allocate
 * @alloc: the thread, polling
 *
 * Context: any, also NMI.
 */
void zonelist_alloc_go(struct zonelist_alloc *alloc)
{
	zonelist_set_flag(&alloc->go);
}

/**
 * zonelist_alloc_resume() - leave where it is parked
 * @alloc: the thread
 *
 * Context: any, also NMI.
 */
void zonelist_alloc_resume(struct zonelist_alloc *alloc)
{
	zonelist_set_flag(&alloc->resume);
}

/**
 * zonelist_alloc_finish() - wait for a thread, whatever it was doing
 * @alloc: the thread
 *
 * Context: process context.
 * Return: true if it is done and was never parked for too long.
 */
bool zonelist_alloc_finish(struct zonelist_alloc *alloc)
{
	zonelist_alloc_go(alloc);
	zonelist_alloc_resume(alloc);
	if (!alloc->woken)
		zonelist_alloc_wake(alloc);
	return zonelist_wait_for(&alloc->done) && !alloc->gave_up;
}

static void accessed(struct zonelist_watch *watch, struct pt_regs *regs)
{
	struct zonelist_park *park = container_of(watch, struct zonelist_park,
						  watch);
	struct zonelist_alloc *a = park->allocs;

	while (a < park->allocs + park->nr && a->task != current)
		a++;
	if (a == park->allocs + park->nr || ++a->accesses != a->park_at)
		return;
	zonelist_set_flag(&a->parked);
	if (!zonelist_wait_for(&a->resume))
		a->gave_up = true;
}

/**
 * zonelist_park_arm() - make threads park at an entry of a list
 * @park: where, with @allocs and @nr filled in
 * @zref: the entry
 *
 * Disarm @park->watch when no thread is parked any more.
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock.
 * Return: 0, or a negative errno if the entry cannot be watched.
 */
int zonelist_park_arm(struct zonelist_park *park, struct zoneref *zref)
{
	park->watch.hit = accessed;
	return zonelist_watch_zone(&park->watch, zref, ZONELIST_ACCESSES);
}
