// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/memory_hotplug.c
// history: synthetic
// observe: offline_interrupt_test:offline.sigint.while_it_retries: the pageblocks stay isolated, and so does what is free in them

@@
expression start_pfn, end_pfn;
@@
 offline_pages(...)
 {
 <...
-undo_isolate_page_range(start_pfn, end_pfn, MIGRATE_MOVABLE);
 ...>
 }
