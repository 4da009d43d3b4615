// SPDX-License-Identifier: GPL-2.0
// class: node-selection
// file: arch/powerpc/platforms/pseries/hotplug-memory.c
// history: synthetic
// arch: powerpc
// needs: CONFIG_PPC_PSERIES
// observe: dlpar_test:dlpar.plugged_memory_comes_and_goes: has no memory

@@
expression lmb;
@@
dlpar_add_lmb(...)
{
<...
- of_drconf_to_nid_single(lmb)
+ first_online_node
...>
}
