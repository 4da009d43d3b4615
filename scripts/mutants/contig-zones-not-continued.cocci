// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: mm/memory_hotplug.c
// history: synthetic
// observe: auto_online_test:policy.contig_zones_fills_the_gap: a block between two of a kernel zone goes to ZONE_MOVABLE
// observe: memory_attribute_test:blocks.valid_zones_follow_neighbours: valid_zones names another zone first

@@
identifier in_kernel, in_movable;
identifier kernel_zone, movable_zone;
@@
 default_zone_for_pfn(...)
 {
 <...
-if (in_kernel ^ in_movable)
-	return (in_kernel) ? kernel_zone : movable_zone;
+if (in_movable && !in_kernel)
+	return movable_zone;
 ...>
 }
