// SPDX-License-Identifier: GPL-2.0
// class: off by one
// file: mm/memory_hotplug.c
// history: synthetic
// observe: auto_online_test:policy.contig_zones_fills_the_gap: the last pageblock of a zone that has shrunk cannot be isolated, so its block does not go offline

@@
identifier pfn, zone;
@@
 shrink_zone_span(...)
 {
 <...
-zone->spanned_pages = pfn - zone->zone_start_pfn + 1;
+zone->spanned_pages = pfn - zone->zone_start_pfn;
 ...>
 }
