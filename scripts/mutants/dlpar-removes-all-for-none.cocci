// SPDX-License-Identifier: GPL-2.0
// class: check
// file: arch/powerpc/platforms/pseries/hotplug-memory.c
// history: synthetic
// arch: powerpc
// needs: CONFIG_PPC_PSERIES
// observe: dlpar_test:dlpar.wrong_words_are_refused: who asks for no block to be removed has all that can go removed and added again, and they are online then

@@
identifier nr;
@@
dlpar_memory_remove_by_count(...)
{
<...
- if (nr == 0)
-	return -EINVAL;
...>
}
