// SPDX-License-Identifier: GPL-2.0
// class: zonelist without an end
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist.hotplug_populates_and_empties: a THISNODE list that got shorter keeps its old last entry

@@
identifier zonerefs;
@@
build_thisnode_zonelists(...)
{
<...
- zonerefs->zone = NULL;
- zonerefs->zone_idx = 0;
...>
}
