// SPDX-License-Identifier: GPL-2.0
// class: cpu_hotplug_lock narrowed to onlining and offlining
// file: mm/memory_hotplug.c drivers/base/memory.c
// history: the alternative that the thread of September 2019 ended with
// observe: nothing during memory_block_test:block.online_movable.online_then_offline
// observe: nothing during zonelist_cpuhp
//
// The lock is still taken first, and dropped last. Add, remove, memremap and
// try_online_node do without it.

@@
@@
 #include <linux/capability.h>
+#include <linux/cpu.h>

@@
@@
mem_hotplug_begin(...)
{
- cpus_read_lock();
...
}

@@
@@
mem_hotplug_done(...)
{
...
- cpus_read_unlock();
}

@@
@@
\(memory_block_online\|memory_block_offline\)(...)
{
<...
(
+cpus_read_lock();
 mem_hotplug_begin();
|
 mem_hotplug_done();
+cpus_read_unlock();
)
...>
}
