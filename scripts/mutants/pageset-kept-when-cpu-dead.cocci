// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_cpus: the limits of a zone's per-CPU lists are those of more CPUs

@@
iterator name for_each_populated_zone;
expression zone;
@@
page_alloc_cpu_dead(...)
{
...
- for_each_populated_zone(zone)
-	zone_pcp_update(zone, 0);
...
}
