// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_block_test:block.online.online_then_offline: a block that is online cannot go offline
// observe: memory_walk_test:walk.dimm.every_order: valid_zones says none

@@
identifier mem, zone;
@@
 memory_block_online(...)
 {
 ...
-mem->zone = zone;
 ...
 }
