// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/memory_hotplug.c
// history: 93866f55f7e2 ("mm/memory_hotplug: fix memory block reference leak on remove")
// boot: driver-memory
// observe: dimm_test:dimm.plug_to_every_node: 27 objects for memory blocks, 23 before

@@
identifier mem;
@@
 remove_memory_blocks_and_altmaps(...)
 {
 <...
-put_device(&mem->dev);
 ...>
 }
