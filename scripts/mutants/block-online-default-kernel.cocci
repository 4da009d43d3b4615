// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_block_test:block.online.online_attribute_drives_state: "online" does not use the zone that valid_zones names first

@@
identifier mem;
@@
 memory_subsys_online(...)
 {
 <...
-mem->online_type = MMOP_ONLINE;
+mem->online_type = MMOP_ONLINE_KERNEL;
 ...>
 }
