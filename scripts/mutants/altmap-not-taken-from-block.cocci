// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/memory_hotplug.c
// history: synthetic
// observe: console during dax_kmem_test:kmem.memmap_on_memory: memory_block_release

@@
identifier mem;
@@
 remove_memory_blocks_and_altmaps(...)
 {
 <...
-mem->altmap = NULL;
 ...>
 }
