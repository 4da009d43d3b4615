// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_policy.load_decides_ties: the nodes that are equally far are not spread

@@
identifier node;
@@
build_zonelists(...)
{
<...
- node_load[node] += 1;
+ ;
...>
}
