// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: arch/powerpc/platforms/pseries/hotplug-memory.c
// history: synthetic
// arch: powerpc
// needs: CONFIG_PPC_PSERIES
// observe: dlpar_test:dlpar.node_goes_and_comes: Expected here (0) == memory_node_listed("online", node) (1)

@@
expression lmb;
@@
dlpar_remove_lmb(...)
{
<...
  __remove_memory(lmb->base_addr, ...);
+ node_set_online(of_drconf_to_nid_single(lmb));
...>
}
