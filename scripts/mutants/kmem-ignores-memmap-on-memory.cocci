// SPDX-License-Identifier: GPL-2.0
// class: attribute
// file: drivers/dax/kmem.c
// history: synthetic
// observe: dax_kmem_test:kmem.memmap_on_memory: the page allocator gets all pages of the block

@@
identifier dev_dax, mhp_flags;
@@
 dev_dax_kmem_probe(...)
 {
 <...
-if (dev_dax->memmap_on_memory)
-	mhp_flags |= MHP_MEMMAP_ON_MEMORY;
 ...>
 }
