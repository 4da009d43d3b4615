// SPDX-License-Identifier: GPL-2.0
// class: zonelist without an end
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_interleave.every_interleaving: a walk finds no end while the list is rewritten

@@
expression pgdat;
identifier zonerefs;
@@
build_zonelists_in_node_order(...)
{
<...
  zonerefs = pgdat->node_zonelists[ZONELIST_FALLBACK]._zonerefs;
+ if (zonerefs->zone)
+	for (i = MAX_ZONES_PER_ZONELIST; i >= 0; i--)
+		WRITE_ONCE(zonerefs[i].zone, zonerefs->zone);
...>
}
