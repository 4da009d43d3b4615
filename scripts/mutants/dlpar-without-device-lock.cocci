// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: arch/powerpc/platforms/pseries/hotplug-memory.c
// history: synthetic
// arch: powerpc
// needs: CONFIG_PPC_PSERIES
// observe: dlpar_test:dlpar.waits_for_slow_offline: who asks for a block goes on while another one is on its way offline

@@
@@
dlpar_memory(...)
{
...
- lock_device_hotplug();
... when any
- unlock_device_hotplug();
...
}
