// SPDX-License-Identifier: GPL-2.0
// class: node-selection
// file: kernel/cgroup/cpuset.c
// history: synthetic
// observe: node_cpuset_test:cpuset.this_node_only.follows_the_node: the cpuset names other nodes than it was told to
// observe: node_cpuset_test:cpuset.this_node_too.follows_the_node: the same

@@
identifier cs, new_mems;
@@
hotplug_update_tasks(struct cpuset *cs, struct cpumask *new_cpus, nodemask_t *new_mems, ...)
{
<...
  cs->effective_mems = *new_mems;
+ cs->mems_allowed = *new_mems;
...>
}
