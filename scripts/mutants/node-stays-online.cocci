// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/memory_hotplug.c
// history: synthetic
// observe: zonelist_hotadd.node_goes_and_comes: a node without memory and CPUs stays online

@@
identifier nid;
@@
try_remove_memory(...)
{
<...
- if (nid != NUMA_NO_NODE)
- 	try_offline_node(nid);
...>
}
