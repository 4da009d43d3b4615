// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_policy.memoryless_node: the node falls back to the farthest node first

@@
identifier n, node, val;
@@
find_next_best_node(int node, ...)
{
<...
  val = node_distance(node, n);
+ if (!node_state(node, N_MEMORY))
+	val = 1000 - val;
...>
}
