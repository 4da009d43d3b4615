// SPDX-License-Identifier: GPL-2.0
/*
 * Watches on the fields of zonerefs, which stop whoever writes a zonelist right
 * after a store: the list stays as it is for as long as the callback runs.
 *
 * What watches is a hardware watchpoint (zonelist_watch_hw.c), or kprobes on the
 * writer's store instructions (zonelist_watch_step.c).
 */
#include <linux/nodemask.h>

#include "zonelist_watch.h"

/**
 * zonelist_watch_require() - skip a test that needs watches
 * @test: the running test
 * @slots: how many it needs at a time
 * @access: what they have to report
 *
 * To be called before the first of them is armed.
 *
 * Context: process context, may sleep.
 */
void zonelist_watch_require(struct kunit *test, int slots,
			    enum zonelist_access access)
{
	if (zonelist_watch_slots() < slots)
		kunit_skip(test, "too few watches that stop a writer after a store");
	if (access == ZONELIST_ACCESSES && !zonelist_watch_sees_loads())
		kunit_skip(test, "no hardware watchpoints that stop a reader after a load");
	KUNIT_ASSERT_EQ(test, zonelist_watch_begin(test), 0);
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
		return zonelist_watch_arm(watch, &zref->zone_idx,
					  sizeof(zref->zone_idx),
					  ZONELIST_STORES);
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
	return zonelist_watch_arm(watch, &zref->zone, sizeof(zref->zone),
				  access);
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
