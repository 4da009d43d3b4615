// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/memory_hotplug.c
// history: synthetic
// observe: dimm_test:dimm.plug_to_every_node: /proc/iomem has a dimm that was unplugged
// observe: virtio_mem_test:virtio_mem.grows_and_shrinks_under_load: the same of what virtio-mem gave back

@@
@@
 try_remove_memory(...)
 {
 ...
-release_mem_region_adjustable(...);
 ...
 }
