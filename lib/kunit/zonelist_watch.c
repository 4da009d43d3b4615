// SPDX-License-Identifier: GPL-2.0
/*
 * Hardware watchpoints on the fields of zonerefs, on all CPUs, which stop
 * whoever writes a zonelist right after a store: the list stays as it is for as
 * long as the callback runs.
 */
#include <linux/err.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>

#include "zonelist_watch.h"

/*
 * A watchpoint must be reported after the store, not before it, and without
 * single-stepping on the way out. That is how x86 does it.
 */
#if defined(CONFIG_HAVE_HW_BREAKPOINT) && defined(CONFIG_X86)

static void triggered(struct perf_event *event, struct perf_sample_data *data,
		      struct pt_regs *regs)
{
	struct zonelist_watch *watch = event->overflow_handler_context;

	watch->hit(watch, regs);
}

static int arm(struct zonelist_watch *watch, void *field, int len, int type)
{
	struct perf_event * __percpu *events;
	struct perf_event_attr attr;

	hw_breakpoint_init(&attr);
	attr.bp_addr = (unsigned long)field;
	attr.bp_len = len;
	attr.bp_type = type;
	events = register_wide_hw_breakpoint(&attr, triggered, watch);
	if (IS_ERR_PCPU(events))
		return PTR_ERR_PCPU(events);
	watch->events = events;
	return 0;
}

/**
 * zonelist_watch_slots() - how many watches can be armed at a time
 *
 * Context: any.
 * Return: the number, 0 if the machine cannot watch at all.
 */
int zonelist_watch_slots(void)
{
	return hw_breakpoint_slots(TYPE_DATA);
}

/**
 * zonelist_watch_disarm() - end a watch
 * @watch: the watch; may be unarmed
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock.
 */
void zonelist_watch_disarm(struct zonelist_watch *watch)
{
	if (!watch->events)
		return;
	unregister_wide_hw_breakpoint(watch->events);
	watch->events = NULL;
}

#else

static int arm(struct zonelist_watch *watch, void *field, int len, int type)
{
	return -EOPNOTSUPP;
}

int zonelist_watch_slots(void)
{
	return 0;
}

void zonelist_watch_disarm(struct zonelist_watch *watch)
{
}

#endif

/**
 * zonelist_watch_require() - skip a test that needs watches
 * @test: the running test
 * @slots: how many it needs at a time
 *
 * Context: process context.
 */
void zonelist_watch_require(struct kunit *test, int slots)
{
	if (zonelist_watch_slots() < slots)
		kunit_skip(test, "too few watchpoints that stop a writer after a store");
}

/**
 * zonelist_watch_store() - stop the writer after one store to a list
 * @watch: an unarmed watch
 * @zl: the list
 * @store: number of the store: entry 0's zone, entry 0's zone_idx, entry 1's
 *	zone, and so on; the last two are those of the terminator
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock.
 * Return: 0, or a negative errno if the watch cannot be armed.
 */
int zonelist_watch_store(struct zonelist_watch *watch, struct zonelist *zl,
			 int store)
{
	struct zoneref *zref = &zl->_zonerefs[store / 2];

	if (store % 2)
		return arm(watch, &zref->zone_idx, sizeof(zref->zone_idx),
			   HW_BREAKPOINT_W);
	return zonelist_watch_zone(watch, zref, ZONELIST_STORES);
}

/**
 * zonelist_watch_zone() - stop whoever accesses the zone of a zoneref
 * @watch: an unarmed watch
 * @zref: the zoneref
 * @access: stores only, or loads as well
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock.
 * Return: 0, or a negative errno if the watch cannot be armed.
 */
int zonelist_watch_zone(struct zonelist_watch *watch, struct zoneref *zref,
			enum zonelist_access access)
{
	return arm(watch, &zref->zone, sizeof(zref->zone),
		   access == ZONELIST_STORES ? HW_BREAKPOINT_W :
					       HW_BREAKPOINT_RW);
}

/**
 * zonelist_watch_last_store() - stop the writer after the very last store
 * @watch: an unarmed watch
 * @zone: the zone that comes or goes
 * @online: it comes
 *
 * The last store of a rebuild is to the terminator of the last node's last list.
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock.
 * Return: 0, or a negative errno if the watch cannot be armed.
 */
int zonelist_watch_last_store(struct zonelist_watch *watch, struct zone *zone,
			      bool online)
{
	struct zonelist *zl;
	int nid, last, nr = 0;

	for_each_node(nid)
		last = nid;
	zl = &NODE_DATA(last)->node_zonelists[MAX_ZONELISTS - 1];
	while (zl->_zonerefs[nr].zone)
		nr++;
	if (last == zone_to_nid(zone))
		nr += online ? 1 : -1;
	return zonelist_watch_store(watch, zl, 2 * nr + 1);
}
