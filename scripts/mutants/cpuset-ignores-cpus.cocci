// SPDX-License-Identifier: GPL-2.0
// class: notification
// file: kernel/cgroup/cpuset.c
// history: synthetic
// observe: node_cpuset_test:cpuset.this_node_only.follows_the_cpus: /sys/fs/cgroup/cpuset.cpus.effective, cpu2 being down
// observe: node_cpuset_test:cpuset.this_node_too.follows_the_cpus: the same

@@
symbol top_cpuset, new_cpus;
@@
cpuset_handle_hotplug(...)
{
<...
- cpumask_copy(top_cpuset.effective_cpus, &new_cpus);
...>
}
