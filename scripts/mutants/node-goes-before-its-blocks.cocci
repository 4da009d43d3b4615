// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/memory_hotplug.c
// history: 2c91f8fc6c99 ("mm/memory_hotplug: fix try_offline_node()")
// observe: dimm_test:dimm.plug_to_every_node: memory35 has lost node 3

@@
identifier mem, nid;
@@
 check_no_memblock_for_node_cb(struct memory_block *mem, void *arg)
 {
 ...
-return mem->nid == nid ? -EEXIST : 0;
+return mem->nid == nid && mem->state != MEM_OFFLINE ? -EEXIST : 0;
 }
