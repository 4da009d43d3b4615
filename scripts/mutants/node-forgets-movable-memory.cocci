// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/memory_hotplug.c
// history: synthetic
// observe: rollback_test:notifier.first.block_beside_another: a node with one more block online is not in has_memory
// observe: rollback_test:notifier.last.block_beside_another: the same

@@
identifier present_pages, pgdat;
@@
 node_states_check_changes_offline(...)
 {
 ...
-present_pages += pgdat->node_zones[ZONE_MOVABLE].present_pages;
 ...
 }
