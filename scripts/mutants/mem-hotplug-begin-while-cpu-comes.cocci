// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/memory_hotplug.c
// history: synthetic (the patch of the thread of September 2019)
// observe: zonelist_cpuhp.block_waits_for_cpu: a zone's limits stay those of the CPUs without the one that came up

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
