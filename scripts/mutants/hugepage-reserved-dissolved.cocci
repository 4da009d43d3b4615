// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/hugetlb.c
// history: "mm/hugetlb: check for reserved hugepages during memory offline"
// observe: node_test:node.reserved_huge_pages_stay: hugepages-2048kB: offline with reserved pages: success

@@
expression h;
@@
dissolve_free_hugetlb_folio(...)
{
<...
- if (!available_huge_pages(h))
-	goto out;
...>
}
