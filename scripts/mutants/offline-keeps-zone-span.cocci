// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: feee6b298916 ("mm/memory_hotplug: shrink zones when offlining memory")
// observe: rollback_test:notifier.first.block_beside_another: the zone spans a block that is offline
// observe: rollback_test:notifier.last.block_beside_another: the same

@@
identifier zone, start_pfn, nr_pages;
@@
 remove_pfn_range_from_zone(...)
 {
 ...
-shrink_zone_span(zone, start_pfn, start_pfn + nr_pages);
+if (!populated_zone(zone))
+	shrink_zone_span(zone, start_pfn, start_pfn + nr_pages);
 ...
 }
