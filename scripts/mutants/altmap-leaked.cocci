// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/memory_hotplug.c
// history: synthetic
// boot: driver-memory
// observe: dimm_test:dimm.plug_to_every_node: 27 objects for memory blocks, 23 before

@@
identifier altmap;
@@
 remove_memory_blocks_and_altmaps(...)
 {
 <...
-kfree(altmap);
 ...>
 }
