// SPDX-License-Identifier: GPL-2.0
// class: notification
// file: kernel/cgroup/cpuset.c
// history: synthetic
// observe: node_cpuset_test:cpuset.this_node_only.follows_the_node: what is effective below the root stays as it was
// observe: node_cpuset_test:cpuset.this_node_too.follows_the_node: the same

@@
symbol cpus_updated, mems_updated;
@@
cpuset_handle_hotplug(...)
{
<...
- cpus_updated || mems_updated
+ cpus_updated
...>
}
