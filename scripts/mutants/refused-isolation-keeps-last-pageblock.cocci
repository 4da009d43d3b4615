// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/page_isolation.c
// history: synthetic
// observe: rollback_test:last_notifier.slab_allocates_after_veto: the last pageblock stays isolated

@@
expression isolate_start, pfn, e, migratetype;
@@
 start_isolate_page_range(...)
 {
 <...
 undo_isolate_page_range(isolate_start, pfn, migratetype);
-unset_migratetype_isolate(e, migratetype);
 ...>
 }
