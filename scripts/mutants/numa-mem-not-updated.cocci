// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/page_alloc.c
// history: synthetic
// arch: powerpc
// needs: CONFIG_HAVE_MEMORYLESS_NODES
// observe: zonelist_numa_mem.block_comes_while_cpu_starts: a CPU of a node that got memory still takes it from elsewhere

@@
iterator name for_each_online_cpu;
expression cpu;
@@
__build_all_zonelists(...)
{
<...
- for_each_online_cpu(cpu)
-	set_cpu_numa_mem(cpu, ...);
...>
}
