// SPDX-License-Identifier: GPL-2.0
// class: zonelist entry lost
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_cpuhp.lists_follow_at_next_rebuild: a node without CPUs loses its fallback

@@
identifier cpu;
@@
page_alloc_cpu_dead(unsigned int cpu)
{
...
+ if (cpumask_empty(cpumask_of_node(cpu_to_node(cpu))))
+	NODE_DATA(cpu_to_node(cpu))->node_zonelists[ZONELIST_FALLBACK]._zonerefs[1].zone = NULL;
return 0;
}
