// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/memory_hotplug.c
// history: synthetic (the patch of the thread of September 2019)
// observe: zonelist_cpuhp.mask_stable_during_hotplug: a CPU that goes without device_hotplug_lock goes meanwhile

@@
@@
mem_hotplug_begin(...)
{
- cpus_read_lock();
...
}

@@
@@
mem_hotplug_done(...)
{
...
- cpus_read_unlock();
}
