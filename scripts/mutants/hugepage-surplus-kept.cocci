// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/hugetlb.c
// history: "mm/hugetlb: fix surplus pages in dissolve_free_huge_page()"
// observe: node_test:node.surplus_huge_pages_go: vm.nr_hugepages without surplus page: 0

@@
expression h, folio;
@@
dissolve_free_hugetlb_folio(...)
{
<...
- if (h->surplus_huge_pages_node[folio_nid(folio)])
-	adjust_surplus = true;
...>
}
