// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_zone.offline_is_refused: per-CPU lists have other limits after a veto

@@
expression zone;
@@
zone_pcp_enable(...)
{
<...
- zone->pageset_high_max
+ zone->pageset_high_min
...>
}
