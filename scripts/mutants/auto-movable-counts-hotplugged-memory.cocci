// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: mm/memory_hotplug.c
// history: synthetic
// observe: virtio_mem_test:virtio_mem.kernel_block_allows_movable_one: a kernel block allows for more than it should

@@
identifier stats, zone;
@@
 auto_movable_stats_account_zone(...)
 {
 <...
-stats->kernel_early_pages += zone->present_early_pages;
+stats->kernel_early_pages += zone->present_pages;
 ...>
 }
