// SPDX-License-Identifier: GPL-2.0
// class: spurious-error
// file: drivers/base/core.c
// history: synthetic
// observe: offline_interrupt_test:offline.sigint.while_it_waits_for_its_turn: the second offline fails instead of waiting
// observe: cpu_memory_test:pair.cpu_online_memory_state.wait_for_slow_offline: the CPU's attribute says EBUSY

@@
@@
 lock_device_hotplug_sysfs(...)
 {
 ...
-return restart_syscall();
+return -EBUSY;
 }
