// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_cpuhp.lists_follow_at_next_rebuild: load counts as much as a CPU or a smaller number

@@
expression val;
@@
find_next_best_node(...)
{
<...
- val *= MAX_NUMNODES;
...>
}
