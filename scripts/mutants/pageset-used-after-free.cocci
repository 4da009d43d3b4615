// SPDX-License-Identifier: GPL-2.0
// class: use after free
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_policy.zone_is_born: an emptied zone keeps the pageset that has been freed

@@
expression zone;
@@
zone_pcp_reset(...)
{
<...
  free_percpu(zone->per_cpu_pageset);
- zone->per_cpu_pageset = &boot_pageset;
...>
}
