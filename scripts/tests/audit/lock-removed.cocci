// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/memory_hotplug.c
// history: synthetic
// observe: audit: sites.ini: \[try_online_node\]: vanished: it uses mem_hotplug_lock
// observe: audit: sites.ini: \[try_online_node\]: vanished: it uses cpu_hotplug_lock

@@
@@
try_online_node(...)
{
...
-	mem_hotplug_begin();
...
-	mem_hotplug_done();
...
}
