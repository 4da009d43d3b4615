// SPDX-License-Identifier: GPL-2.0
// class: notification
// file: kernel/cgroup/cpuset.c
// history: synthetic
// observe: node_cpuset_test:cpuset.this_node_only.follows_the_node: the node counts although it has no memory
// observe: node_cpuset_test:cpuset.this_node_too.follows_the_node: the node counts although it has no memory
// observe: node_cpuset_test:cpuset.this_node_only.may_name_an_empty_node: the node counts although it has no memory
// observe: node_policy_test:policy.bind_two.follows_the_node: a task may use the node still
// observe: node_policy_test:policy.interleave.follows_the_node: a task may use the node still
// observe: node_policy_test:policy.weighted_static.follows_the_node: a task may use the node still

@@
symbol mems_updated, top_cpuset, new_mems;
@@
 cpuset_handle_hotplug(...)
 {
 <...
-mems_updated = !nodes_equal(top_cpuset.effective_mems, new_mems);
+mems_updated = false;
 ...>
 }
