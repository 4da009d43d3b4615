// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist.fallback_matches_oracle: the nodes are not in the order of their distance

@@
identifier n, node, val;
@@
find_next_best_node(int node, ...)
{
<...
- val = node_distance(node, n);
+ val = 0;
...>
}
