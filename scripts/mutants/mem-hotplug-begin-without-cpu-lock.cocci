// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/memory_hotplug.c
// history: synthetic (the patch of the thread of September 2019)
// observe: zonelist_cpuhp.block_waits_for_cpu: a block goes online while a CPU is on its way
// observe: console during memory_block_test: lockdep_assert_cpus_held

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
