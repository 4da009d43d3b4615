// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist.hotplug_populates_and_empties: the zones of a node come in the wrong order

@@
identifier zone_type, zone, pgdat;
@@
build_zonerefs_node(...)
{
<...
- zone = pgdat->node_zones + zone_type;
+ zone = pgdat->node_zones + MAX_NR_ZONES - 1 - zone_type;
...>
}

@@
identifier zone_type;
@@
build_zonerefs_node(...)
{
<...
- check_highest_zone(zone_type);
+ check_highest_zone(zone_idx(zone));
...>
}
