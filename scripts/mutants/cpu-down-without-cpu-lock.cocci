// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: kernel/cpu.c
// history: synthetic
// observe: zonelist_cpuhp.mask_stable_during_hotplug: a CPU that goes without device_hotplug_lock goes meanwhile

@@
@@
_cpu_down(...)
{
<...
(
- cpus_write_lock();
|
- cpus_write_unlock();
)
...>
}
