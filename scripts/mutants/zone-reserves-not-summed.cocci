// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_zone.memory_stays_free_for_khugepaged: without huge pages, sums are of what zones kept back before

@@
@@
setup_per_zone_lowmem_reserve(...)
{
<...
- calculate_totalreserve_pages();
...>
}
