// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_empty: the thresholds of a zone that a block has populated stay 0

@@
@@
init_per_zone_wmark_min(...)
{
...
- refresh_zone_stat_thresholds();
...
}
