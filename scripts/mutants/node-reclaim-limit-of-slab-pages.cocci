// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_zone.block_comes_and_goes: a node is reclaimed as if it had the memory of before

@@
@@
init_per_zone_wmark_min(...)
{
<...
- setup_min_slab_ratio();
...>
}
