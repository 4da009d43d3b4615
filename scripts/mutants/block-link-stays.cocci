// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: drivers/base/node.c
// history: synthetic
// observe: dimm_test:dimm.plug_to_every_node: the node's directory still has the block that was unplugged
// observe: dimm_test:dimm.unplug_under_load: the same
// observe: dimm_test:dimm.unplug_waits_for_pinned_page: the same
// observe: dimm_test:dimm.eject: the same

@@
identifier mem_blk;
@@
 unregister_memory_block_under_nodes(struct memory_block *mem_blk)
 {
 ...
-sysfs_remove_link(&node_devices[mem_blk->nid]->dev.kobj,
-		  kobject_name(&mem_blk->dev.kobj));
 ...
 }
