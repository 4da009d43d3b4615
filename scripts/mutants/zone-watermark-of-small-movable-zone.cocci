// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_zone.block_comes_and_goes: a movable zone keeps back so little as it has pages

@@
expression pages, low, high;
@@
__setup_per_zone_wmarks(...)
{
<...
- pages = clamp(pages, low, high);
...>
}
