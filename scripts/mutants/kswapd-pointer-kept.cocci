// SPDX-License-Identifier: GPL-2.0
// class: use after free
// file: mm/vmscan.c
// history: "memory hotplug: fix invalid memory access caused by stale kswapd pointer"
// observe: zonelist_policy.zone_is_born: a node without memory has a kswapd that has ended

@@
identifier pgdat;
@@
kswapd_stop(...)
{
<...
- pgdat->kswapd = NULL;
...>
}
