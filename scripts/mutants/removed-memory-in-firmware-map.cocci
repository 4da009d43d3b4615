// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/memory_hotplug.c
// history: synthetic
// observe: dimm_test:dimm.plug_to_every_node: the firmware map has a dimm that was unplugged
// observe: dimm_test:dimm.unplug_under_load: the same
// observe: dimm_test:dimm.eject: the same

@@
@@
 try_remove_memory(...)
 {
 ...
-firmware_map_remove(...);
 ...
 }
