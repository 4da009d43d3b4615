// SPDX-License-Identifier: GPL-2.0
// class: zonelist emptied first
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_interleave.every_interleaving: a list that does not change is seen without zones

@@
expression pgdat;
identifier zonerefs;
@@
build_thisnode_zonelists(...)
{
<...
  zonerefs = pgdat->node_zonelists[ZONELIST_NOFALLBACK]._zonerefs;
+ WRITE_ONCE(zonerefs->zone, NULL);
...>
}
