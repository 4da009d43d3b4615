// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: kernel/cpu.c
// history: synthetic
// observe: cpu_memory_test:pair.cpu_target_memory_state.wait_for_slow_offline: a CPU is not held up by device_hotplug_lock
// observe: cpu_memory_test:pair.cpu_target_memory_state.memory_waits_for_slow_cpu: memory waits for another lock
// observe: cpu_memory_test:pair.smt_memory_online.wait_for_slow_offline: the same by SMT control

@@
expression ret;
@@
target_store(...)
{
<...
- ret = lock_device_hotplug_sysfs();
+ ret = 0;
...>
}

@@
@@
target_store(...)
{
<...
- unlock_device_hotplug();
...>
}

@@
expression ret;
@@
__store_smt_control(...)
{
<...
- ret = lock_device_hotplug_sysfs();
+ ret = 0;
...>
}

@@
@@
__store_smt_control(...)
{
<...
- unlock_device_hotplug();
...>
}
