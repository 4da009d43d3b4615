// SPDX-License-Identifier: GPL-2.0
// class: zoneref with another zone's index
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist.hotplug_populates_and_empties: an entry has the index of the zone that was there before

@@
identifier zone, zoneref;
@@
zoneref_set_zone(struct zone *zone, struct zoneref *zoneref)
{
<...
- zoneref->zone_idx = zone_idx(zone);
+ if (!zoneref->zone_idx)
+	zoneref->zone_idx = zone_idx(zone);
...>
}
