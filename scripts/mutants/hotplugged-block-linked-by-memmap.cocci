// SPDX-License-Identifier: GPL-2.0
// class: wrong node
// file: drivers/base/node.c
// history: f85086f95fa3 ("mm: don't rely on system state to detect hot-plug operations")
// observe: dimm_test:dimm.plug_to_every_node: the node's directory does not have the block: its memmap does not say the node yet
// observe: virtio_mem_test:virtio_mem.grows_and_shrinks_under_load: the same

@@
identifier context;
@@
 register_memory_blocks_under_node(...)
 {
 <...
-context == MEMINIT_HOTPLUG
+context == MEMINIT_HOTPLUG && system_state < SYSTEM_RUNNING
 ...>
 }
