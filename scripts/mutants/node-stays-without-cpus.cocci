// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/vmstat.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_cpus: a node whose CPUs are back is not in has_cpu
// observe: cpu_memory_test:cpu.node_without_its_cpus: the same, looked at from user space

// As they come the first time, at boot, it is in there: without, no scheduler.
@@
expression nid;
@@
vmstat_cpu_online(...)
{
+static unsigned long once;
...
-if (!node_state(nid, N_CPU)) {
+if (!node_state(nid, N_CPU) && !test_and_set_bit(nid, &once)) {
	node_set_state(nid, N_CPU);
 }
...
}
