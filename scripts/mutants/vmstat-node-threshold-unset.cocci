// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/vmstat.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_at_rest: the nodes' thresholds stay 0

@@
expression lhs, threshold, pgdat_threshold;
@@
refresh_zone_stat_thresholds(...)
{
<...
- lhs = max(threshold, pgdat_threshold);
...>
}
