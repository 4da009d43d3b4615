// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/memory_hotplug.c
// history: synthetic
// observe: dax_kmem_test:kmem.bind_waits_for_slow_offline: "System RAM (kmem)" is there during an offline

@@
@@
add_memory_driver_managed(...)
{
<...
(
- lock_device_hotplug();
|
- unlock_device_hotplug();
+ ;
)
...>
}
