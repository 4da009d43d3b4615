// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: mm/page_isolation.c
// history: synthetic
// observe: memhp_zone.block_comes_and_goes: the pageblocks of a block in ZONE_MOVABLE are of another type

@@
identifier page, migratetype;
@@
 undo_isolate_page_range(...)
 {
 <...
-unset_migratetype_isolate(page, migratetype);
+unset_migratetype_isolate(page, MIGRATE_UNMOVABLE);
 ...>
 }
