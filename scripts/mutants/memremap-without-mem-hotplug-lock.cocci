// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/memremap.c
// history: synthetic
// observe: dax_kmem_test:kmem.unmap_waits_for_slow_offline: device_dax unbind does not wait for an offline

@@
@@
 pageunmap_range(...)
 {
 ...
-mem_hotplug_begin();
 ...
-mem_hotplug_done();
 ...
 }
