// SPDX-License-Identifier: GPL-2.0
// class: zonelist rebuild omitted
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist.hotplug_populates_and_empties: the THISNODE list is that of boot

@@
expression pgdat;
@@
build_zonelists(...)
{
<...
- build_thisnode_zonelists(pgdat);
+ if (system_state == SYSTEM_BOOTING)
+	build_thisnode_zonelists(pgdat);
...>
}
