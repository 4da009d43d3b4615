// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/hugetlb.c
// history: synthetic
// observe: node_test:node.huge_page_pool_follows: vm.nr_hugepages without memory: 3

@@
identifier h, adjust_surplus;
@@
 dissolve_free_hugetlb_folio(...)
 {
 <...
-if (!adjust_surplus)
-	h->max_huge_pages--;
 ...>
 }
