// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: drivers/base/memory.c
// history: 381eab4a6ee8 ("mm/memory_hotplug: fix online/offline_pages called w.o. mem_hotplug_lock")
// observe: memhp_zone.block_waits_for_reader: a block goes online under get_online_mems()

@@
@@
 memory_block_online(...)
 {
 <...
(
-mem_hotplug_begin();
+cpus_read_lock();
|
-mem_hotplug_done();
+cpus_read_unlock();
)
 ...>
 }

@ header @
@@
 #include <linux/memory_hotplug.h>
+#include <linux/cpu.h>
