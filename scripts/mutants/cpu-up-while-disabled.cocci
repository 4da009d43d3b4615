// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: kernel/cpu.c
// history: synthetic
// observe: memhp_cpu.disabled_is_busy: a CPU comes up while CPU hotplug is disabled

@@
identifier err;
@@
cpu_up(...)
{
<...
- if (cpu_hotplug_disabled) {
-	err = -EBUSY;
-	goto out;
- }
...>
}
