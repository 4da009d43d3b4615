// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: synthetic
// observe: none: it takes two nodes without CPUs that are equally far from a third one, and the machine has no such nodes

@@
identifier n, node, val;
@@
find_next_best_node(int node, ...)
{
<...
- val += (n < node);
...>
}
