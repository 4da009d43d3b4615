// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memory_block_test:boot_node.node_states_stay: node 2 not in has_normal_memory

@@
identifier zone, nr_pages, present_pages;
@@
 node_states_check_changes_offline(...)
 {
 <...
-zone_idx(zone) <= ZONE_NORMAL && nr_pages >= present_pages
+nr_pages >= present_pages
 ...>
 }
