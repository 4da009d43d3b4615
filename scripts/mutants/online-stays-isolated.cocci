// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: mm/memory_hotplug.c
// history: synthetic
// observe: node_test:node.empty_node_counts_nothing: nothing of a block that is online is free
// observe: memory_content_test:content.anon.survives_offline_under_load: no page can be placed in the block

@@
expression e;
@@
 online_pages(...)
 {
 <...
-undo_isolate_page_range(e, ...);
 ...>
 }
