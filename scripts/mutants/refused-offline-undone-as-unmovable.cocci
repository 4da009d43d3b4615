// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memhp_zone.offline_is_refused: the pageblocks of a block in ZONE_MOVABLE are of another type
// observe: rollback_test:notifier.first.only_block: ZONE_MOVABLE has fewer movable pageblocks after each veto

@@
expression start_pfn, end_pfn;
@@
 offline_pages(...)
 {
 <...
-undo_isolate_page_range(start_pfn, end_pfn, MIGRATE_MOVABLE);
+undo_isolate_page_range(start_pfn, end_pfn, MIGRATE_UNMOVABLE);
 ...>
 }
