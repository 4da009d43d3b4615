// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memhp_zone.zone_with_hole: a zone with a hole counts as contiguous

@@
identifier zone;
@@
 move_pfn_range_to_zone(...)
 {
 <...
-clear_zone_contiguous(zone);
 ...>
 }
