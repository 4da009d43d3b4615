// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/vmstat.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_cpus: the nodes' thresholds are those of more CPUs

@@
iterator name for_each_online_pgdat;
iterator name for_each_online_cpu;
expression pgdat, cpu;
@@
refresh_zone_stat_thresholds(...)
{
<...
- for_each_online_pgdat(pgdat) {
-	for_each_online_cpu(cpu) {
-		per_cpu_ptr(pgdat->per_cpu_nodestats, cpu)->stat_threshold = 0;
-	}
- }
...>
}

@@
identifier pgdat;
@@
refresh_zone_stat_thresholds(...)
{
- struct pglist_data *pgdat;
  struct zone *zone;
...
}
