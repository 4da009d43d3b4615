// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/vmstat.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_cpus: a node whose CPUs are back is not in has_cpu
// observe: cpu_memory_test:cpu.node_without_its_cpus: the same, looked at from user space

@@
expression nid;
@@
vmstat_cpu_online(...)
{
...
- if (!node_state(nid, N_CPU)) {
-	node_set_state(nid, N_CPU);
- }
...
}
