// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: drivers/acpi/acpi_memhotplug.c
// history: synthetic
// boot: driver-memory
// observe: dimm_test:dimm.plug_to_every_node: 27 objects for memory blocks, 23 before

@@
identifier mem_device;
@@
 acpi_memory_device_free(...)
 {
 ...
-if (mem_device->mgid >= 0)
-	memory_group_unregister(mem_device->mgid);
 ...
 }
