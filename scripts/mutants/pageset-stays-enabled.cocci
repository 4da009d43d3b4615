// SPDX-License-Identifier: GPL-2.0
// class: race
// file: mm/page_alloc.c
// history: ec6e8c7e0314 ("mm, page_alloc: disable pcplists during memory offline")
// observe: memhp_zone.offline_is_refused: CPUs may keep pages to themselves while a block goes offline

@@
expression zone;
@@
zone_pcp_disable(...)
{
<...
- __zone_set_pageset_high_and_batch(zone, 0, 0, 1);
...>
}
