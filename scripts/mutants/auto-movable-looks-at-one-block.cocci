// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: mm/memory_hotplug.c
// history: synthetic
// observe: auto_online_test:policy.auto_movable_ratio: the first block of a dimm goes to ZONE_MOVABLE although not all of it may

@@
identifier max_pages, group;
symbol nr_pages;
@@
 auto_movable_zone_for_pfn(...)
 {
 <...
-max_pages = group->s.max_pages;
+max_pages = group->present_movable_pages + nr_pages;
 ...>
 }
