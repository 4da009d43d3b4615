// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: mm/mmzone.c
// history: synthetic
// observe: zonelist.hotplug_populates_and_empties: a walk for some nodes takes zones that it must not

@@
identifier z, highest_zoneidx, nodes;
@@
__next_zones_zonelist(struct zoneref *z, enum zone_type highest_zoneidx, nodemask_t *nodes)
{
<...
- zonelist_zone_idx(z) > highest_zoneidx || (zonelist_zone(z) && !zref_in_nodemask(z, nodes))
+ zonelist_zone(z) && !zref_in_nodemask(z, nodes)
...>
}
