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
#include <linux/timekeeping.h>

#include "zonelist_alloc.h"

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
	u64 end = ktime_get_mono_fast_ns() + (u64)ms * NSEC_PER_MSEC;

	while (!smp_load_acquire(flag)) {
		if (ktime_get_mono_fast_ns() > end)
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
	smp_store_release(&a->done, true);
}

static void allocate_in_irq(struct irq_work *work)
{
	allocate(container_of(work, struct zonelist_alloc, work));
}

static void poll_and_allocate(struct zonelist_alloc *a)
{
	smp_store_release(&a->polling, true);
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
	complete(&a->wanted);
	kthread_stop(a->task);
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
	smp_store_release(&alloc->go, true);
}

/**
 * zonelist_alloc_resume() - leave where it is parked
 * @alloc: the thread
 *
 * Context: any, also NMI.
 */
void zonelist_alloc_resume(struct zonelist_alloc *alloc)
{
	smp_store_release(&alloc->resume, true);
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
	smp_store_release(&a->parked, true);
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
