// SPDX-License-Identifier: GPL-2.0
// class: return-value
// file: kernel/cpu.c
// history: synthetic
// observe: cpu_memory_test:cpu.smt_off_keeps_siblings_down: cpu1 up by online: Operation canceled

@@
expression cpu;
identifier err;
@@
cpu_up(...)
{
<...
- if (!cpu_bootable(cpu)) {
-	err = -EPERM;
-	goto out;
- }
...>
}
