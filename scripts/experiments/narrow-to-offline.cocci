// SPDX-License-Identifier: GPL-2.0
// class: cpu_hotplug_lock narrowed to offlining
// file: mm/memory_hotplug.c drivers/base/memory.c
// history: the alternative that the thread of September 2019 ended with
// observe: console during memory_block_test:block.online_movable.online_then_offline: cpuset_handle_hotplug
// observe: zonelist_cpuhp.block_waits_for_cpu: the block does not wait for the CPU
//
// The lock is still taken first, and dropped last. Online, add, remove,
// memremap and try_online_node do without it.

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
memory_block_offline(...)
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
