// SPDX-License-Identifier: GPL-2.0
// class: return-value
// file: kernel/cpu.c
// history: synthetic
// observe: zonelist_cpuhp.mask_stable_during_hotplug: the CPU is still online when it should have gone
// observe: cpu_memory_test:cpu.attributes_refuse_garbage: a CPU that was taken down is up

@@
expression e;
@@
cpu_device_down(...)
{
- return e;
+ return 0;
}
