// SPDX-License-Identifier: GPL-2.0
// class: zonelist has a node twice
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist.no_duplicates: the lists have the first node twice

@@
expression node;
identifier nr_zones, zonerefs;
@@
build_zonelists_in_node_order(...)
{
<...
  nr_zones = build_zonerefs_node(node, zonerefs);
+ if (!i)
+	nr_zones += build_zonerefs_node(node, zonerefs + nr_zones);
...>
}
