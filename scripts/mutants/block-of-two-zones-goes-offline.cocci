// SPDX-License-Identifier: GPL-2.0
// class: state check removed
// file: drivers/base/memory.c
// history: synthetic
// boot: movable-boot-memory
// observe: memory_attribute_test:blocks.attributes_agree: terminated unexpectedly by signal 9, of an oops in offline_pages()

@@
identifier mem;
@@
 memory_block_offline(...)
 {
 ...
-if (!mem->zone)
-	return -EINVAL;
 ...
 }
