// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: mm/memory_hotplug.c
// history: synthetic
// observe: none: it takes two virtio-mem devices, and the machine has one

@@
identifier movable_pages, group_stats;
@@
 auto_movable_can_online_movable(...)
 {
 ...
-movable_pages -= group_stats.movable_pages;
 ...
 }
