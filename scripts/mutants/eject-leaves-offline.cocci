// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: drivers/acpi/scan.c
// history: synthetic
// observe: dimm_test:dimm.unplug_refused_for_kernel_page: the first block stays offline

@@
@@
 acpi_bus_online(...)
 {
 <...
-device_online(pn->dev);
 ...>
 }
