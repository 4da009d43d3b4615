// SPDX-License-Identifier: GPL-2.0
// class: zonelist emptied first
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_storm.storm_rebuild: a walk that comes between sees no zone at all

@@
expression pgdat;
identifier zonerefs;
@@
build_zonelists_in_node_order(...)
{
<...
  zonerefs = pgdat->node_zonelists[ZONELIST_FALLBACK]._zonerefs;
+ zonerefs->zone = NULL;
+ barrier();
...>
}
