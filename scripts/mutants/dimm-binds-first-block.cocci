// SPDX-License-Identifier: GPL-2.0
// class: off by one
// file: drivers/acpi/acpi_memhotplug.c
// history: synthetic
// observe: console during dimm_test:dimm.unplug_under_load: kernel BUG at mm/memory_hotplug.c
//
// ACPI does not know that the second block of a dimm is to go offline first.

@@
identifier info;
@@
 acpi_bind_memory_blocks(...)
 {
 <...
-info->length
+memory_block_size_bytes()
 ...>
 }
