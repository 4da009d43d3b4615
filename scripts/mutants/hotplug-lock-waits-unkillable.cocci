// SPDX-License-Identifier: GPL-2.0
// class: locking
// file: drivers/base/core.c
// history: 5e33bc4165f3 ("driver core / ACPI: Avoid device hot remove locking issues")
// observe: offline_interrupt_test:offline.sigkill.while_it_waits_for_its_turn: the signal waits for somebody else's offline

@@
@@
 lock_device_hotplug_sysfs(...)
 {
+mutex_lock(&device_hotplug_lock);
+return 0;
 ...
 }
