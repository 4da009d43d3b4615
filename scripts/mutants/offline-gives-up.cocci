// SPDX-License-Identifier: GPL-2.0
// class: retry
// file: mm/memory_hotplug.c
// history: synthetic
// observe: pinned_memory_test:pinned.anon.offline_waits_until_interrupted: the first page that does not move ends the offline
// observe: pinned_memory_test:pinned.shmem.offline_waits_until_interrupted: the same
// observe: pinned_memory_test:pinned.thp.offline_waits_until_interrupted: the same
// observe: pinned_memory_test:pinned.hugetlb.offline_waits_until_interrupted: the same

@@
expression pfn, end_pfn;
@@
 offline_pages(...)
 {
 <...
 do_migrate_range(pfn, end_pfn);
+if (!scan_movable_pages(pfn, end_pfn, &pfn)) {
+	ret = -EBUSY;
+	reason = "page that does not move";
+	goto failed_removal_isolated;
+}
 ...>
 }
