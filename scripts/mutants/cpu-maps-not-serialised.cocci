// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: kernel/cpu.c
// history: synthetic
// observe: memhp_cpu.disable_waits_for_cpu: CPU hotplug is disabled while a CPU is on its way down

@@
declarer name DEFINE_MUTEX;
@@
- static DEFINE_MUTEX(cpu_add_remove_lock);

@@
@@
cpu_maps_update_begin(...)
{
- mutex_lock(&cpu_add_remove_lock);
}

@@
@@
cpu_maps_update_done(...)
{
- mutex_unlock(&cpu_add_remove_lock);
}
