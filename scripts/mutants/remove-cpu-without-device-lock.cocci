// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: kernel/cpu.c
// history: synthetic
// observe: zonelist_cpuhp.mask_stable_during_hotplug: the CPU is held up by cpu_hotplug_lock, not by device_hotplug_lock

@@
@@
remove_cpu(...)
{
...
- lock_device_hotplug();
...
- unlock_device_hotplug();
...
}
