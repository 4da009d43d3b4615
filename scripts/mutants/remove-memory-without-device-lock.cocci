// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/memory_hotplug.c
// history: d15e59260f62 ("mm/memory_hotplug: make remove_memory() take the device_hotplug_lock")
// observe: rule of lockset_test: dax-kmem, try_remove_memory, device_hotplug_lock: not held

@@
@@
remove_memory(...)
{
...
- lock_device_hotplug();
...
- unlock_device_hotplug();
...
}
