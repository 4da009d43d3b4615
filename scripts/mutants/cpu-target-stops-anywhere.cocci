// SPDX-License-Identifier: GPL-2.0
// class: input-validation
// file: kernel/cpu.c
// history: synthetic
// observe: cpu_memory_test:cpu.target_refuses_a_step_between: cpu1 may stop at cpu:teardown

@@
identifier sp;
@@
target_store(...)
{
<...
- !sp->name || sp->cant_stop
+ !sp->name
...>
}
