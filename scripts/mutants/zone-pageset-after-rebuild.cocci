// SPDX-License-Identifier: GPL-2.0
// class: zone visible too early
// file: mm/memory_hotplug.c
// history: 4eaf3f64397c ("mem-hotplug: fix potential race while building zonelist for new populated zone")
// observe: zonelist_policy.zone_is_born: the zone is in the lists with the boot pageset

@@
symbol zone;
@@
online_pages(...)
{
<...
- setup_zone_pageset(zone);
+ ;
...>
}

@@
symbol zone;
@@
online_pages(...)
{
<...
- build_all_zonelists(NULL);
+ {
+	build_all_zonelists(NULL);
+	setup_zone_pageset(zone);
+ }
...>
}
