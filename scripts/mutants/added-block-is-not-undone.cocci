// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: drivers/base/memory.c
// history: synthetic
// observe: memhp_remove.block_is_in_the_way: a memory block stays that has been made before one that could not be

@@
identifier block_id, end_block_id;
symbol start_block_id;
@@
 create_memory_block_devices(...)
 {
 <...
-end_block_id = block_id;
+end_block_id = start_block_id;
 ...>
 }
