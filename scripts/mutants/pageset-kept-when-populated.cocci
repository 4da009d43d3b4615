// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_empty: the limits of a zone that a block has populated are those of no memory

@@
iterator name for_each_zone;
identifier zone;
@@
setup_per_zone_wmarks(...)
{
- struct zone *zone;
...
- for_each_zone(zone)
-	zone_pcp_update(zone, 0);
}
