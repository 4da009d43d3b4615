// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: drivers/base/memory.c
// history: synthetic
// observe: cpu_memory_test:pair.cpu_online_memory_state.memory_waits_for_slow_cpu: memory waits for another lock than device_hotplug_lock
// observe: cpu_memory_test:pair.cpu_target_memory_state.memory_waits_for_slow_cpu: the same

@@
identifier ret;
@@
 state_store(...)
 {
 ...
-ret = lock_device_hotplug_sysfs();
-if (ret)
-	return ret;
 ...
-unlock_device_hotplug();
 ...
 }
