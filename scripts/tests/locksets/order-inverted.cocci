// SPDX-License-Identifier: GPL-2.0
// class: lock order
// file: mm/memory_hotplug.c
// history: synthetic
// observe: locksets: cpu_hotplug_lock: taken with mem_hotplug_lock held

@@
@@
mem_hotplug_begin(...)
{
-	cpus_read_lock();
	percpu_down_write(&mem_hotplug_lock);
+	cpus_read_lock();
}
