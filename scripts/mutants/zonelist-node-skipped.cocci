// SPDX-License-Identifier: GPL-2.0
// class: zonelist lacks a node
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist.fallback_matches_oracle: the lists lack the last node

@@
identifier i, nr_nodes;
@@
build_zonelists_in_node_order(..., unsigned nr_nodes)
{
<...
- i < nr_nodes
+ i < max(nr_nodes, 2) - 1
...>
}
