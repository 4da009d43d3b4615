/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_ZONELIST_ALLOC_H
#define _LIB_KUNIT_ZONELIST_ALLOC_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/irq_work.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>

#include "zonelist_watch.h"

/* How long anybody waits for anybody: only a failure takes that long. */
#define ZONELIST_PATIENCE_MS	(10 * MSEC_PER_SEC)

/**
 * struct zonelist_alloc - a thread on a CPU of its own that allocates on demand
 * @nid: preferred node
 * @nodes: nodes that are allowed, or NULL for all
 * @gfp: flags
 * @in_irq: allocate in hard-irq context
 * @park_at: park at that access to the entry that a struct zonelist_park
 *	watches, counted from one; 0 for never
 * @page: what it got
 * @page_nid: the node of @page
 * @accesses: how often it has accessed that entry
 * @parked: it is parked, or has been
 * @done: it is done
 * @gave_up: it was parked for longer than anybody should
 * @task: the thread
 * @work: takes it to hard-irq context
 * @wanted: there is something to allocate
 * @woken: it has been told so
 * @polling: it polls @go
 * @go: begin
 * @resume: leave where it is parked
 */
struct zonelist_alloc {
	int nid;
	nodemask_t *nodes;
	gfp_t gfp;
	bool in_irq;
	int park_at;

	struct page *page;
	int page_nid;
	int accesses;
	bool parked;
	bool done;
	bool gave_up;

	struct task_struct *task;
	struct irq_work work;
	struct completion wanted;
	bool woken;
	bool polling;
	bool go;
	bool resume;
};

/**
 * struct zonelist_park - an entry of a zonelist at which threads park
 * @watch: on the entry's zone
 * @allocs: the threads
 * @nr: how many
 */
struct zonelist_park {
	struct zonelist_watch watch;
	struct zonelist_alloc *allocs;
	int nr;
};

u64 zonelist_clock_ns(void);
void zonelist_set_flag(bool *flag);
bool zonelist_hold_for(const bool *flag, unsigned int ms);
bool zonelist_wait_for(const bool *flag);
int zonelist_alloc_pin(struct kunit *test);
int zonelist_alloc_start(struct kunit *test, struct zonelist_alloc *alloc,
			 int cpu);
void zonelist_alloc_prepare(struct zonelist_alloc *alloc);
bool zonelist_alloc_wake(struct zonelist_alloc *alloc);
void zonelist_alloc_go(struct zonelist_alloc *alloc);
void zonelist_alloc_resume(struct zonelist_alloc *alloc);
bool zonelist_alloc_finish(struct zonelist_alloc *alloc);
int zonelist_park_arm(struct zonelist_park *park, struct zoneref *zref);

#endif
