// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: drivers/base/memory.c
// history: synthetic
// observe: probe_test:probe.waits_for_slow_offline: probe does not wait: No child processes

@@
identifier ret, nid;
@@
 probe_store(...)
 {
 ...
-ret = lock_device_hotplug_sysfs();
-if (ret)
-	return ret;
 nid = memory_add_physaddr_to_nid(...);
 ...
-unlock_device_hotplug();
 ...
 }
