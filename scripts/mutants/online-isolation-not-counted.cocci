// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memhp_zone.block_comes_and_goes: the zone counts fewer isolated pageblocks than none

@@
identifier zone;
expression nr;
@@
 online_pages(...)
 {
 <...
-zone->nr_isolate_pageblock += nr;
 ...>
 }
