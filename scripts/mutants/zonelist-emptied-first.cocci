// SPDX-License-Identifier: GPL-2.0
// class: zonelist emptied first
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_storm.storm_rebuild: a walk that comes between sees no zone at all
//
// Only of nodes from which nobody allocates in the storm: an allocation that
// finds no zone takes the kernel down before the test can say anything.

@@
expression pgdat;
identifier zonerefs;
@@
build_zonelists_in_node_order(...)
{
<...
  zonerefs = pgdat->node_zonelists[ZONELIST_FALLBACK]._zonerefs;
+ if (!node_state(pgdat->node_id, N_MEMORY)) {
+	zonerefs->zone = NULL;
+	for (zonerefs->zone_idx = 0; zonerefs->zone_idx < 20000; zonerefs->zone_idx++)
+		cpu_relax();
+ }
...>
}
