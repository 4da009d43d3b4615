// SPDX-License-Identifier: GPL-2.0
// class: cpu_hotplug_lock dropped from memory hotplug
// file: mm/memory_hotplug.c
// history: the patch of the thread of September 2019
// observe: console during memory_block_test:block.online_movable.online_then_offline: flush_all_cpus_locked
// observe: console during memory_block_test:block.online_movable.online_then_offline: cpuset_handle_hotplug
// observe: zonelist_cpuhp.block_waits_for_cpu: the block does not wait for the CPU
//
// All paths take both locks in mem_hotplug_begin(), and nowhere else.

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
