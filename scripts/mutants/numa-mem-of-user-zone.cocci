// SPDX-License-Identifier: GPL-2.0
// class: node-selection
// file: mm/page_alloc.c
// history: synthetic
// arch: powerpc
// needs: CONFIG_HAVE_MEMORYLESS_NODES
// observe: zonelist_numa_mem.ignores_movable_memory: a node with nothing but ZONE_MOVABLE is the local memory of its CPUs

@@
@@
local_memory_node(...)
{
<...
- gfp_zone(GFP_KERNEL)
+ gfp_zone(GFP_HIGHUSER_MOVABLE)
...>
}
