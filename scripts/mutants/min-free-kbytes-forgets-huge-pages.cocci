// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: "mm: khugepaged: recalculate min_free_kbytes after memory hotplug as expected by khugepaged"
// observe: node_test:node.min_free_kbytes_heeds_khugepaged: vm.min_free_kbytes without memory

@@
@@
init_per_zone_wmark_min(...)
{
<...
- khugepaged_min_free_kbytes_update();
...>
}
