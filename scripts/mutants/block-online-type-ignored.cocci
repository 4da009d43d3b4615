// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_block_test:block.online_movable.online_then_offline: the block is in a kernel zone, not in ZONE_MOVABLE
// observe: memory_walk_test:walk.dimm.every_order: the block is in a kernel zone, not in ZONE_MOVABLE
// observe: memory_attribute_test:user.open_file_may_be_handed_on: the block is in a kernel zone, not in ZONE_MOVABLE

@@
identifier mem, online_type;
@@
 state_store(...)
 {
 <...
-mem->online_type = online_type;
+mem->online_type = MMOP_ONLINE_KERNEL;
 ...>
 }
