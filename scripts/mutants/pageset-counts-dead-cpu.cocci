// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_cpus: the CPU that has gone still counts where the limits are shared

@@
expression zone;
@@
page_alloc_cpu_dead(...)
{
<...
- zone_pcp_update(zone, 0);
+ zone_pcp_update(zone, 1);
...>
}
