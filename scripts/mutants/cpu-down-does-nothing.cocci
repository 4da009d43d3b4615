// SPDX-License-Identifier: GPL-2.0
// class: return-value
// file: kernel/cpu.c
// history: synthetic
// observe: zonelist_cpuhp.mask_stable_during_hotplug: the CPU is still online when it should have gone

@@
expression e;
@@
cpu_device_down(...)
{
- return e;
+ return 0;
}
