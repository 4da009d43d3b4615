// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: mm/memory_hotplug.c
// history: synthetic
// observe: zonelist_policy.default_zone: the boot option has no effect

@@
@@
default_zone_for_pfn(...)
{
...
- return movable_node_enabled ? movable_zone : kernel_zone;
+ return kernel_zone;
}
