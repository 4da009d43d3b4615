// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_policy.zone_is_born: the lower zones keep nothing back from users of the new one

@@
@@
init_per_zone_wmark_min(...)
{
<...
- setup_per_zone_lowmem_reserve();
...>
}
