// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/memory_hotplug.c
// history: 946746d1ad92 ("mm/memory_hotplug: fix potential permanent lru cache disable")
// observe: memhp_zone.offline_is_refused: pages are added to the LRU lists one by one, for ever
// observe: rollback_test:notifier.first.only_block: lru_disable_count grows with each veto

@@
@@
 offline_pages(...)
 {
 <...
 failed_removal_pcplists_disabled:
-	lru_cache_enable();
+	;
 ...>
 }
