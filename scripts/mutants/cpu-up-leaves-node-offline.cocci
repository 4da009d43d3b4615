// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: kernel/cpu.c
// history: synthetic
// observe: rule of lockset_test: cpu-online, try_online_node: never entered

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
