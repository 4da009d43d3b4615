// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memory_block_test:block.online.zone_pages_follow: the zone's managed pages do not go back
// observe: node_test:node.empty_node_counts_nothing: the node has a MemTotal

@@
expression page, managed_pages;
@@
 offline_pages(...)
 {
 <...
-adjust_managed_page_count(page, -managed_pages);
 ...>
 }
