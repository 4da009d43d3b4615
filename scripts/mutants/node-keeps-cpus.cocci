// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/vmstat.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_cpus: a node without CPUs stays in has_cpu
// observe: cpu_memory_test:cpu.node_without_its_cpus: the same, looked at from user space

@@
expression node;
@@
vmstat_cpu_dead(...)
{
...
- node_clear_state(node, N_CPU);
...
}
