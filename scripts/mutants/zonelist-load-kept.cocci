// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_hotadd.own_lists_are_built: after the node was added, a rebuild starts with the load of the one before

@@
@@
__build_all_zonelists(...)
{
<...
- memset(node_load, 0, sizeof(node_load));
...>
}
