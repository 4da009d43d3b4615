// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: 5a883813845a ("memory-hotplug: fix zone stat mismatch")
// observe: memhp_zone.counts_survive_emptying: what each CPU has counted is lost with the zone

@@
iterator name for_each_online_cpu;
identifier cpu, pzstats, zone;
@@
zone_pcp_reset(struct zone *zone)
{
- int cpu;
- struct per_cpu_zonestat *pzstats;
<...
- for_each_online_cpu(cpu) {
-	pzstats = per_cpu_ptr(zone->per_cpu_zonestats, cpu);
-	drain_zonestat(zone, pzstats);
- }
  free_percpu(zone->per_cpu_pageset);
...>
}
