// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_zone.block_comes_and_goes: sums are of what zones kept back before

@@
@@
setup_per_zone_lowmem_reserve(...)
{
<...
- calculate_totalreserve_pages();
...>
}
