// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: drivers/base/core.c
// history: synthetic
// observe: cpu_memory_test:pair.cpu_online_memory_state.wait_for_slow_offline: a CPU is not held up by device_hotplug_lock
// observe: cpu_memory_test:pair.cpu_target_memory_online.wait_for_slow_offline: nor is a memory block
// observe: cpu_memory_test:pair.smt_memory_online.memory_waits_for_slow_cpu: nor when a CPU is slow

@@
expression ret;
@@
online_store(...)
{
<...
- ret = lock_device_hotplug_sysfs();
+ ret = 0;
...>
}

@@
@@
online_store(...)
{
<...
- unlock_device_hotplug();
...>
}
