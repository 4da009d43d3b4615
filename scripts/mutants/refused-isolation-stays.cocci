// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/page_isolation.c
// history: synthetic
// observe: memhp_zone.isolation_is_refused: pageblocks stay isolated

@@
expression isolate_start, pfn, migratetype;
@@
 start_isolate_page_range(...)
 {
 <...
-undo_isolate_page_range(isolate_start, pfn, migratetype);
 ...>
 }
