// SPDX-License-Identifier: GPL-2.0
// class: notification
// file: kernel/cgroup/cpuset.c
// history: synthetic
// observe: node_cpuset_test:cpuset.this_node_only.follows_the_node: the tasks may use the nodes that they could use before
// observe: node_cpuset_test:cpuset.this_node_too.follows_the_node: the same

@@
symbol mems_updated;
expression cs;
@@
hotplug_update_tasks(...)
{
...
- if (mems_updated)
-	cpuset_update_tasks_nodemask(cs);
}
