// SPDX-License-Identifier: GPL-2.0
// class: lock-order
// file: mm/memory_hotplug.c
// history: synthetic
// observe: console during zonelist_cpuhp.consumers_follow_cpus: possible circular locking dependency

@@
@@
mem_hotplug_begin(...)
{
- cpus_read_lock();
  percpu_down_write(&mem_hotplug_lock);
+ cpus_read_lock();
}

@@
@@
mem_hotplug_done(...)
{
- percpu_up_write(&mem_hotplug_lock);
  cpus_read_unlock();
+ percpu_up_write(&mem_hotplug_lock);
}
