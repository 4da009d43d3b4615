// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/memory_hotplug.c
// history: synthetic
// observe: zonelist_policy.movable_only_node: a node with ZONE_MOVABLE only has memory for the kernel

@@
identifier zone;
@@
node_states_check_changes_online(...)
{
<...
- zone_idx(zone) <= ZONE_NORMAL
+ zone
...>
}
