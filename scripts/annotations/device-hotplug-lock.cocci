// SPDX-License-Identifier: GPL-2.0
// class: what holds device_hotplug_lock
// file: drivers/base/core.c
// history: "Call under device_hotplug_lock", says their kernel-doc, unchecked
// observe: with violations/no-hotplug-locks.cocci, see there

@@
@@
+/**
+ * lock_device_hotplug - Keep devices, CPUs and memory from going or coming
+ *
+ * Held while user space, a driver or the firmware onlines, offlines, adds or
+ * removes memory or CPUs. The outermost of the hotplug locks: device_lock(),
+ * cpu_hotplug_lock and mem_hotplug_lock are taken inside.
+ *
+ * Context: Process context. May sleep.
+ */
 void lock_device_hotplug(...)
 {
 ...
 }

@@
@@
+/**
+ * unlock_device_hotplug - Let devices, CPUs and memory go and come again
+ *
+ * Context: The task that has called lock_device_hotplug(), or
+ * lock_device_hotplug_sysfs() with success.
+ */
 void unlock_device_hotplug(...)
 {
 ...
 }

@@
@@
+/**
+ * lock_device_hotplug_sysfs - lock_device_hotplug() for a write to sysfs
+ *
+ * Does not wait for the lock: its holder may be about to remove the very file
+ * that is being written to, and wait for the write to finish.
+ *
+ * Context: Process context, in a system call. May sleep.
+ * Return: 0 if the lock is held now, else -ERESTARTNOINTR, for the write to
+ * be tried again.
+ */
 int lock_device_hotplug_sysfs(...)
 {
 ...
 }

@ sysfs @
@@
 lock_device_hotplug_sysfs(...)
 {
 ...
 }
+
+static void assert_device_hotplug_locked(void)
+{
+	/* At boot, ACPI adds memory without it, and nobody else is there. */
+	if (system_state < SYSTEM_RUNNING)
+		return;
+	lockdep_assert_held(&device_hotplug_lock);
+}

@ depends on sysfs @
identifier fn = {device_offline, device_online};
declaration d;
statement s;
@@
 fn(...)
 {
 ... when any
 d
+
+	assert_device_hotplug_locked();
 s
 ... when any
 }
