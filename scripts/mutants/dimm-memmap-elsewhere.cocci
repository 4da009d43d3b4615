// SPDX-License-Identifier: GPL-2.0
// class: attribute
// file: drivers/acpi/acpi_memhotplug.c
// history: synthetic
// boot: driver-memory
// observe: dimm_test:dimm.plug_to_every_node: the page allocator gets all pages of the block

@@
identifier mhp_flags;
@@
 acpi_memory_enable_device(...)
 {
 <...
-mhp_flags |= MHP_MEMMAP_ON_MEMORY;
 ...>
 }
