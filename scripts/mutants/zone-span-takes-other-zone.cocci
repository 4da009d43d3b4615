// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: synthetic
// observe: dimm_test:dimm.zone_shrinks_to_its_own_blocks: first block offline: node 3 zone Movable: start_pfn
// observe: memhp_zone.zone_within_zone: ZONE_MOVABLE begins at a block of another zone

@@
identifier zone;
expression start_pfn;
@@
 find_smallest_section_pfn(...)
 {
 <...
-if (zone != page_zone(pfn_to_page(start_pfn)))
-	continue;
 ...>
 }
