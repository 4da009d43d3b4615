// SPDX-License-Identifier: GPL-2.0
// class: node-selection
// file: kernel/cgroup/cpuset.c
// history: synthetic
// observe: node_cpuset_test:cpuset.this_node_only.follows_the_node: a cpuset none of whose nodes has memory has no node at all

@@
expression new_mems, cs;
@@
hotplug_update_tasks(...)
{
<...
- if (nodes_empty(*new_mems))
-	*new_mems = parent_cs(cs)->effective_mems;
...>
}
