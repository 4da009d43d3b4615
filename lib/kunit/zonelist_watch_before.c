// SPDX-License-Identifier: GPL-2.0
/*
 * Hardware watchpoints on all CPUs, for zonelist_watch.c, where they are reported
 * before the access, as on arm64.
 *
 * The kernel would make the access by a single step, after it has returned from
 * the exception: too late for who wants to see what was stored. So it only does
 * so where nobody else handles the event. Here the access is made first, then
 * whoever watches is told, and the instruction is left out.
 *
 * An instruction must be left out once, however many watches there are on a
 * place. Therefore they share a watchpoint, which has to report loads and stores.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/hw_breakpoint.h>
#include <linux/mutex.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>

#include "memhp_compat.h"
#include "zonelist_access.h"
#include "zonelist_watch.h"

#define PLACES_MAX	16
#define WATCHES_MAX	4

/**
 * struct place - what is watched
 * @addr: where it is
 * @events: one per CPU while anybody watches it
 * @watches: who does
 */
struct place {
	unsigned long addr;
	struct perf_event * __percpu *events;
	struct zonelist_watch *watches[WATCHES_MAX];
};

static struct place places[PLACES_MAX];
static DEFINE_MUTEX(places_lock);

static void triggered(struct perf_event *event, struct perf_sample_data *data,
		      struct pt_regs *regs)
{
	struct place *place = event->overflow_handler_context;
	struct zonelist_watch *watch;
	bool stored;
	int i;

	if (!zonelist_access_make(regs, &stored)) {
		WARN_ONCE(1, "cannot make the access of %pS\n", (void *)regs->pc);
		/* On it goes, for this task without watchpoints. */
		regs->pstate |= PSR_D_BIT;
		return;
	}
	for (i = 0; i < WATCHES_MAX; i++) {
		/* What it wants to know, too. */
		watch = smp_load_acquire(&place->watches[i]);
		if (watch && (stored || watch->access == ZONELIST_ACCESSES))
			watch->hit(watch, regs);
	}
}

static struct place *place_find(unsigned long addr)
{
	struct place *unused = NULL, *place;

	for (place = places; place < places + PLACES_MAX; place++) {
		if (place->events && place->addr == addr)
			return place;
		if (!place->events && !unused)
			unused = place;
	}
	return unused;
}

static int place_watch(struct place *place, unsigned long addr, int len)
{
	struct perf_event * __percpu *events;
	struct perf_event_attr attr;

	hw_breakpoint_init(&attr);
	attr.bp_addr = addr;
	attr.bp_len = len;
	attr.bp_type = HW_BREAKPOINT_RW;
	place->addr = addr;
	events = register_wide_hw_breakpoint(&attr, triggered, place);
	if (IS_ERR_PCPU(events))
		return PTR_ERR_PCPU(events);
	place->events = events;
	return 0;
}

static bool place_is_watched(const struct place *place)
{
	int i;

	for (i = 0; i < WATCHES_MAX; i++)
		if (place->watches[i])
			return true;
	return false;
}

static int place_add(struct place *place, struct zonelist_watch *watch)
{
	int i;

	for (i = 0; i < WATCHES_MAX; i++) {
		if (place->watches[i])
			continue;
		/* Whoever finds it finds what it wants to know. */
		smp_store_release(&place->watches[i], watch);
		return 0;
	}
	return -ENOSPC;
}

int zonelist_watch_arm(struct zonelist_watch *watch, void *field, int len,
		       enum zonelist_access access)
{
	unsigned long addr = (unsigned long)field;
	struct place *place;
	int ret = -ENOSPC;

	mutex_lock(&places_lock);
	place = place_find(addr);
	if (place) {
		watch->access = access;
		ret = place_add(place, watch);
		if (!ret && !place->events) {
			ret = place_watch(place, addr, len);
			if (ret)
				place->watches[0] = NULL;
		}
	}
	mutex_unlock(&places_lock);
	return ret;
}

static void place_remove(struct place *place, struct zonelist_watch *watch)
{
	int i;

	for (i = 0; i < WATCHES_MAX; i++) {
		if (place->watches[i] != watch)
			continue;
		WRITE_ONCE(place->watches[i], NULL);
		if (place_is_watched(place)) {
			/* Handlers run with interrupts off. */
			synchronize_rcu();
			continue;
		}
		unregister_wide_hw_breakpoint(place->events);
		place->events = NULL;
	}
}

void zonelist_watch_disarm(struct zonelist_watch *watch)
{
	struct place *place;

	mutex_lock(&places_lock);
	for (place = places; place < places + PLACES_MAX; place++)
		if (place->events)
			place_remove(place, watch);
	mutex_unlock(&places_lock);
}
