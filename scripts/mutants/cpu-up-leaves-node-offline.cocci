// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: kernel/cpu.c
// history: synthetic
// observe: none: it takes a CPU on a node without memory, and the machine has CPUs on nodes with boot memory only

@@
identifier err;
expression cpu;
@@
cpu_up(...)
{
<...
- err = try_online_node(cpu_to_node(cpu));
- if (err)
-	return err;
...>
}
