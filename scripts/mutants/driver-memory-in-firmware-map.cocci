// SPDX-License-Identifier: GPL-2.0
// class: attribute
// file: mm/memory_hotplug.c
// history: synthetic
// observe: dax_kmem_test:kmem.online_then_offline: the firmware map has memory that only its driver knows

@@
expression start, end, type, a, b;
@@
 add_memory_resource(...)
 {
 ...
-if (!strcmp(a, b))
	firmware_map_add_hotplug(start, end, type);
 ...
 }
