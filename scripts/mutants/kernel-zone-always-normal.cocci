// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memhp_zone.kernel_zone_is_joined: a block below 4 GiB would go to ZONE_NORMAL, not to ZONE_DMA32

@@
identifier zone;
expression start_pfn, nr_pages;
@@
 default_kernel_zone_for_pfn(...)
 {
 <...
-zone_intersects(zone, start_pfn, nr_pages)
+zone_idx(zone) == ZONE_NORMAL && zone_intersects(zone, start_pfn, nr_pages)
 ...>
 }
