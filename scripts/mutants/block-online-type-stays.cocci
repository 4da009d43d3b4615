// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_block_test:block.online_movable.online_attribute_drives_state: "online" repeats the type of the last online
// observe: memory_walk_test:walk.dimm.every_order: the same

@@
identifier mem, ret;
@@
 memory_subsys_online(...)
 {
 ...
 ret = memory_block_change_state(...);
-mem->online_type = MMOP_OFFLINE;
 ...
 }
