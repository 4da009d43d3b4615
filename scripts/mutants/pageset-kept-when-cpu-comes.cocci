// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: 04f8cfeaed08 ("mm/page_alloc: adjust pcp->high after CPU hotplug events")
// observe: zonelist_cpuhp.consumers_follow_cpus: the limits of a zone's per-CPU lists are those of fewer CPUs

@@
iterator name for_each_populated_zone;
identifier zone;
@@
page_alloc_cpu_online(...)
{
- struct zone *zone;
- for_each_populated_zone(zone)
-	zone_pcp_update(zone, 1);
  ...
}
