// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/vmstat.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_cpus: when a node's CPUs are back, the scheduler looks for the nodes with CPUs, misses it, and dies of an oops

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
