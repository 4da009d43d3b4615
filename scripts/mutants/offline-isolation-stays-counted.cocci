// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memhp_zone.block_comes_and_goes: the zone counts pageblocks as isolated that are offline
// observe: rollback_test:notifier.first.block_beside_another: nr_isolate_pageblock grows with each online and offline

@@
identifier zone;
expression nr;
@@
 offline_pages(...)
 {
 <...
-zone->nr_isolate_pageblock -= nr;
 ...>
 }
