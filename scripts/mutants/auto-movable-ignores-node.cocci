// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: mm/memory_hotplug.c
// history: synthetic
// observe: auto_online_test:policy.auto_movable_looks_at_node: a node without kernel memory gets movable memory

@@
expression nid, group, nr;
@@
 auto_movable_zone_for_pfn(...)
 {
 <...
-auto_movable_numa_aware && !auto_movable_can_online_movable(nid, group, nr)
+auto_movable_numa_aware && !auto_movable_can_online_movable(NUMA_NO_NODE, group, nr)
 ...>
 }
