// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: drivers/base/memory.c
// history: synthetic
// boot: driver-memory
// observe: rollback_test:notifier.last.only_block: offline vetoed: node 3 zone Movable: present

@@
identifier mem, nr_vmemmap_pages;
expression page;
@@
 memory_block_offline(...)
 {
 <...
-if (nr_vmemmap_pages)
-	adjust_present_page_count(page, mem->group, nr_vmemmap_pages);
 goto out;
 ...>
 }
