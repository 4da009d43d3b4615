// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_policy.cpuless_node: the node's own memory comes last in its list

@@
identifier node;
@@
find_next_best_node(int node, ...)
{
<...
- node_state(node, N_MEMORY)
+ node_state(node, N_MEMORY) && !cpumask_empty(cpumask_of_node(node))
...>
}

@@
identifier n, node, val;
@@
find_next_best_node(int node, ...)
{
<...
  val = node_distance(node, n);
+ if (cpumask_empty(cpumask_of_node(n)))
+	val += 100;
...>
}
