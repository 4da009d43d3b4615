// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/sparse-vmemmap.c
// history: synthetic
// observe: memhp_remove.memmap_counts_no_more: the memmap of removed memory still counts

@@
expression e;
@@
 depopulate_section_memmap(...)
 {
 ...
-memmap_pages_add(e);
 ...
 }
