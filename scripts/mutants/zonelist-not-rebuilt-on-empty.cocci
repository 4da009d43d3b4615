// SPDX-License-Identifier: GPL-2.0
// class: zonelist rebuild omitted
// file: mm/memory_hotplug.c
// history: synthetic
// observe: zonelist.hotplug_populates_and_empties: the zone that offlining has emptied is still in the lists

@@
@@
offline_pages(...)
{
<...
- build_all_zonelists(NULL);
...>
}
