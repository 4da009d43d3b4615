// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/sparse-vmemmap.c
// history: synthetic
// observe: console during dax_kmem_test:kmem.memmap_on_memory: mm/memory_hotplug.c
//
// Not all that was allocated is freed when the block is removed: a warning says so.

@@
identifier altmap, nr_pfns;
@@
 altmap_alloc_block_buf(...)
 {
 ...
-altmap->alloc += nr_pfns;
 ...
 }
