// SPDX-License-Identifier: GPL-2.0
// class: thread missing
// file: mm/memory_hotplug.c
// history: synthetic
// observe: zonelist_policy.zone_is_born: the node that got memory has no kswapd

@@
@@
online_pages(...)
{
<...
- kswapd_run(...);
...>
}
