// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/hugetlb.c
// history: synthetic
// observe: node_test:node.huge_page_pool_follows: a node without memory has free huge pages

@@
expression h, nid;
@@
remove_hugetlb_folio(...)
{
<...
-h->free_huge_pages_node[nid]--;
...>
}
