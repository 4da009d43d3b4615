// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_zone.block_comes_and_goes: the promotion watermark is that of before

@@
expression zone, e;
@@
__setup_per_zone_wmarks(...)
{
<...
- zone->_watermark[WMARK_PROMO] = e;
...>
}
