// SPDX-License-Identifier: GPL-2.0
// class: attribute
// file: mm/memory_hotplug.c
// history: synthetic
// observe: virtio_mem_test:virtio_mem.grows_and_shrinks_under_load: each block has a resource of its own

@@
identifier res, mhp_flags;
@@
 add_memory_resource(...)
 {
 ...
-if (mhp_flags & MHP_MERGE_RESOURCE)
-	merge_system_ram_resource(res);
 ...
 }
