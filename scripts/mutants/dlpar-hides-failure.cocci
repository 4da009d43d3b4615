// SPDX-License-Identifier: GPL-2.0
// class: return-value
// file: arch/powerpc/platforms/pseries/hotplug-memory.c
// history: synthetic
// arch: powerpc
// needs: CONFIG_PPC_PSERIES
// observe: dlpar_test:dlpar.kernel_memory_stays: the request succeeds, and the block is still there

@@
@@
dlpar_memory_remove_by_index(...)
{
...
- return rc;
+ return 0;
}
