// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: synthetic
// observe: zonelist_policy.zone_is_born: a zone with memory has the watermarks of one without

@@
@@
online_pages(...)
{
<...
- init_per_zone_wmark_min();
+ ;
...>
}
