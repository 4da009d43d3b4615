// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: drivers/base/memory.c
// history: 001002e73712 ("mm/memory_hotplug: add missing mem_hotplug_lock")
// observe: rule of lockset_test: memory-offline, remove_pfn_range_from_zone, mem_hotplug_lock: not held

@@
identifier mem, nr_vmemmap_pages;
expression start_pfn;
@@
 memory_block_offline(...)
 {
 ...
-if (nr_vmemmap_pages)
-	mhp_deinit_memmap_on_memory(start_pfn, nr_vmemmap_pages);
+if (nr_vmemmap_pages) {
+	mem_hotplug_done();
+	mhp_deinit_memmap_on_memory(start_pfn, nr_vmemmap_pages);
+	mem_hotplug_begin();
+}
 mem->zone = NULL;
 ...
 }
