// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/vmstat.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_cpus: the zones' thresholds are those of fewer CPUs

@@
@@
vmstat_cpu_online(...)
{
- refresh_zone_stat_thresholds();
...
}
