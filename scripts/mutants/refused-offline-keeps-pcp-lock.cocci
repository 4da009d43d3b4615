// SPDX-License-Identifier: GPL-2.0
// class: lock leaked
// file: mm/memory_hotplug.c
// history: synthetic
// observe: console during rollback_test:notifier.first.only_block: lock held when returning to user space

@@
symbol zone;
@@
 offline_pages(...)
 {
 <...
 failed_removal_pcplists_disabled:
	lru_cache_enable();
-	zone_pcp_enable(zone);
 ...>
 }
