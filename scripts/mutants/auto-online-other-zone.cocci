// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: mm/memory_hotplug.c
// history: synthetic
// observe: auto_online_test:auto_online.offline.blocks_come_up: the blocks go online by themselves
// observe: auto_online_test:auto_online.online.blocks_come_up: to a kernel zone
// observe: auto_online_test:auto_online.online_kernel.blocks_come_up: to ZONE_MOVABLE
// observe: auto_online_test:auto_online.online_movable.blocks_come_up: to a kernel zone

@ zone @
identifier mem;
@@
 online_memory_block(struct memory_block *mem, void *arg)
 {
 ...
-mem->online_type = mhp_get_default_online_type();
+mem->online_type = mhp_get_default_online_type() == MMOP_ONLINE_KERNEL ?
+	MMOP_ONLINE_MOVABLE : MMOP_ONLINE_KERNEL;
 ...
 }

@ always @
expression start, size;
@@
 add_memory_resource(...)
 {
 <...
-if (mhp_get_default_online_type() != MMOP_OFFLINE)
	walk_memory_blocks(start, size, NULL, online_memory_block);
 ...>
 }
