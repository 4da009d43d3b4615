// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memhp_zone.block_comes_and_goes: an empty zone has the watermarks of one with memory

@@
@@
offline_pages(...)
{
<...
- init_per_zone_wmark_min();
+ ;
...>
}
