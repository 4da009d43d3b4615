// SPDX-License-Identifier: GPL-2.0
// class: zonelist emptied first
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_interleave.every_interleaving: a walk that comes right after the first store sees no zone

@@
expression pgdat;
identifier zonerefs;
@@
build_zonelists_in_node_order(...)
{
<...
  zonerefs = pgdat->node_zonelists[ZONELIST_FALLBACK]._zonerefs;
+ WRITE_ONCE(zonerefs->zone, NULL);
...>
}
