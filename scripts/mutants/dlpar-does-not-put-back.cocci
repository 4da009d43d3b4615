// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: arch/powerpc/platforms/pseries/hotplug-memory.c
// history: synthetic
// arch: powerpc
// needs: CONFIG_PPC_PSERIES
// observe: dlpar_test:dlpar.block_comes_back_if_the_next_one_stays: the first of two blocks is gone although the second one stays

@@
expression lmb, index;
@@
dlpar_memory_remove_by_ic(...)
{
<...
  dlpar_unisolate_drc(index);
- rc = dlpar_add_lmb(lmb);
...>
}
