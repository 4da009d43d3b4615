// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/memory_hotplug.c
// history: ec6e8c7e0314 ("mm, page_alloc: disable pcplists during memory offline")
// observe: memhp_zone.offline_is_refused: CPUs may keep pages to themselves while a block goes offline

@@
@@
 offline_pages(...)
 {
 <...
(
-zone_pcp_disable(zone);
+drain_all_pages(zone);
|
-zone_pcp_enable(zone);
)
 ...>
 }
