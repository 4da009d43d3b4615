// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: drivers/base/memory.c
// history: synthetic
// boot: driver-memory
// observe: rollback_test:notifier.last.block_beside_another: online and offline: node 3 zone Movable: spanned

@@
identifier nr_vmemmap_pages;
identifier mem;
@@
 memory_block_offline(...)
 {
 ...
-if (nr_vmemmap_pages)
-	mhp_deinit_memmap_on_memory(...);
 mem->zone = NULL;
 ...
 }
