// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: drivers/base/memory.c
// history: synthetic
// observe: memhp_remove.block_is_let_go: somebody still holds a memory block that has been removed

@@
identifier memory;
@@
 remove_memory_block(...)
 {
 ...
-put_device(&memory->dev);
 ...
 }
