// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/vmstat.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_follow_cpus: a node is not in has_cpu although one of its CPUs is up

@@
identifier node_cpus;
expression node;
@@
vmstat_cpu_dead(...)
{
- const struct cpumask *node_cpus;
...
- node_cpus = cpumask_of_node(node);
- if (!cpumask_empty(node_cpus))
-	return 0;
...
}
