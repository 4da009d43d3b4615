// SPDX-License-Identifier: GPL-2.0
// class: zonelist rebuild omitted
// file: mm/page_alloc.c
// history: 09f49dca570a ("mm: handle uninitialized numa nodes gracefully")
// observe: zonelist_hotadd.lists_follow_while_away: the lists of a node that is away keep a zone that is empty, or lack one

@@
iterator name for_each_node, for_each_online_node;
expression nid;
statement S;
@@
__build_all_zonelists(...)
{
<...
- for_each_node(nid)
+ for_each_online_node(nid)
  S
...>
}
