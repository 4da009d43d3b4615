// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: arch/powerpc/kernel/smp.c
// history: synthetic
// arch: powerpc
// needs: CONFIG_HAVE_MEMORYLESS_NODES
// observe: zonelist_numa_mem.cpu_comes_while_block_does: a CPU that comes up goes on with the node that its memory was on when it went

@@
@@
start_secondary(...)
{
<...
- set_numa_mem(...);
...>
}
