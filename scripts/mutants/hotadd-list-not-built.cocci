// SPDX-License-Identifier: GPL-2.0
// class: zonelist rebuild omitted
// file: mm/memory_hotplug.c
// history: synthetic
// observe: zonelist_hotadd.own_lists_are_built: the added node has the list that it had before

@@
identifier pgdat;
@@
hotadd_init_pgdat(...)
{
<...
- build_all_zonelists(pgdat);
...>
}
