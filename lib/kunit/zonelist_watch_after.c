// SPDX-License-Identifier: GPL-2.0
/*
 * Hardware watchpoints on all CPUs, for zonelist_watch.c, where they are reported
 * after the access, and without single-stepping on the way out, as on x86.
 */
#include <linux/err.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>

#include "memhp_compat.h"
#include "zonelist_watch.h"

static void triggered(struct perf_event *event, struct perf_sample_data *data,
		      struct pt_regs *regs)
{
	struct zonelist_watch *watch = event->overflow_handler_context;

	watch->hit(watch, regs);
}

/**
 * zonelist_watch_arm() - begin to watch a place
 * @watch: an unarmed watch
 * @field: the place
 * @len: how many bytes
 * @access: which accesses to report
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock.
 * Return: 0, or a negative errno if it cannot be watched.
 */
int zonelist_watch_arm(struct zonelist_watch *watch, void *field, int len,
		       enum zonelist_access access)
{
	struct perf_event * __percpu *events;
	struct perf_event_attr attr;

	hw_breakpoint_init(&attr);
	attr.bp_addr = (unsigned long)field;
	attr.bp_len = len;
	attr.bp_type = access == ZONELIST_STORES ? HW_BREAKPOINT_W :
						   HW_BREAKPOINT_RW;
	events = register_wide_hw_breakpoint(&attr, triggered, watch);
	if (IS_ERR_PCPU(events))
		return PTR_ERR_PCPU(events);
	watch->events = events;
	return 0;
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
