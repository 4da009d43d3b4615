// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: drivers/base/memory.c
// history: synthetic
// observe: dax_kmem_test:kmem.memmap_on_memory: the pages for the memmap stay present

@@
identifier mem, nr_vmemmap_pages;
expression page;
@@
 memory_block_offline(...)
 {
 <...
-if (nr_vmemmap_pages)
-	adjust_present_page_count(page, mem->group, -nr_vmemmap_pages);
 ...>
 }
