// SPDX-License-Identifier: GPL-2.0
// class: zonelist rebuild omitted
// file: mm/memory_hotplug.c
// history: synthetic
// observe: zonelist.hotplug_populates_and_empties: the zone that onlining has populated is in no list

@@
@@
online_pages(...)
{
...
- if (need_zonelists_rebuild)
-	build_all_zonelists(NULL);
...
}
