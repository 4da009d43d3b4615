// SPDX-License-Identifier: GPL-2.0
// class: zonelist rebuilt needlessly
// file: mm/memory_hotplug.c
// history: synthetic
// observe: zonelist_hotadd.no_other_list_is_stored_to: the lists of all nodes are rewritten

@@
identifier pgdat;
@@
hotadd_init_pgdat(...)
{
<...
- build_all_zonelists(pgdat);
+ build_all_zonelists(NULL);
...>
}
