/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_ZONELIST_WATCH_H
#define _LIB_KUNIT_ZONELIST_WATCH_H

#include <kunit/test.h>
#include <linux/mmzone.h>

struct perf_event;
struct pt_regs;

/**
 * enum zonelist_access - which accesses a watch reports
 * @ZONELIST_STORES: stores
 * @ZONELIST_ACCESSES: loads and stores
 */
enum zonelist_access {
	ZONELIST_STORES,
	ZONELIST_ACCESSES,
};

/**
 * struct zonelist_watch - a watch on one field of a zoneref
 * @hit: called after each access, on the CPU and in the context that made it,
 *	with interrupts off, as in an NMI
 * @events: one per CPU while a hardware watchpoint is armed
 * @place: what is watched by kprobes
 * @len: how many bytes that has
 * @access: what is reported, where watches share a watchpoint
 */
struct zonelist_watch {
	void (*hit)(struct zonelist_watch *watch, struct pt_regs *regs);
	struct perf_event * __percpu *events;
	unsigned long place;
	unsigned int len;
	enum zonelist_access access;
};

int zonelist_watch_slots(void);
void zonelist_watch_require(struct kunit *test, int slots,
			    enum zonelist_access access);
int zonelist_watch_store(struct zonelist_watch *watch, struct zonelist *zl,
			 int store);
int zonelist_watch_zone(struct zonelist_watch *watch, struct zoneref *zref,
			enum zonelist_access access);
int zonelist_watch_last_store(struct zonelist_watch *watch, struct zone *zone,
			      bool online);
void zonelist_watch_disarm(struct zonelist_watch *watch);

/* What each does is with those of zonelist_watch_hw.c and zonelist_watch_after.c. */
int zonelist_watch_begin(struct kunit *test);
bool zonelist_watch_sees_loads(void);
int zonelist_watch_arm(struct zonelist_watch *watch, void *field, int len,
		       enum zonelist_access access);

#endif
