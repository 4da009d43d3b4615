// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_cpuhp.lists_follow_at_next_rebuild: a node without CPUs is not preferred

@@
expression val;
@@
find_next_best_node(...)
{
<...
- val += PENALTY_FOR_NODE_WITH_CPUS;
+ ;
...>
}
