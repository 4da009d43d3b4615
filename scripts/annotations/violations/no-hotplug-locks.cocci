// SPDX-License-Identifier: GPL-2.0
// class: no lock at all, so that each assertion reports
// file: mm/memory_hotplug.c drivers/base/core.c
// history: synthetic
// observe: console during zonelist_hotadd: at __add_pages
// observe: console during zonelist_hotadd: at __remove_pages
// observe: console during zonelist_hotadd: at __try_online_node
// observe: console during zonelist_hotadd: at move_pfn_range_to_zone
// observe: console during zonelist_hotadd: at remove_pfn_range_from_zone
// observe: console during zonelist_hotadd: at adjust_present_page_count
// observe: console during zonelist_hotadd: at online_pages
// observe: console during zonelist_hotadd: at offline_pages
// observe: console during memory_block_test: at lockdep_assert_cpus_held <- online_pages
// observe: console during memory_block_test: at lockdep_assert_cpus_held <- offline_pages
// observe: console during memory_block_test: at lockdep_assert_cpus_held <- build_all_zonelists
// observe: console during memory_block_test: at device_online
// observe: console during memory_block_test: at device_offline

@@
@@
 mem_hotplug_begin(...)
 {
-cpus_read_lock();
-percpu_down_write(&mem_hotplug_lock);
 }

@@
@@
 mem_hotplug_done(...)
 {
-percpu_up_write(&mem_hotplug_lock);
-cpus_read_unlock();
 }

@@
@@
 lock_device_hotplug(...)
 {
-mutex_lock(&device_hotplug_lock);
 }

@@
@@
 unlock_device_hotplug(...)
 {
-mutex_unlock(&device_hotplug_lock);
 }

@@
@@
 lock_device_hotplug_sysfs(...)
 {
 <...
-mutex_trylock(&device_hotplug_lock)
+1
 ...>
 }
