// SPDX-License-Identifier: GPL-2.0
// class: node-selection
// file: mm/mempolicy.c
// history: synthetic
// observe: node_policy_test:policy.bind_two.follows_the_node: the policy has the node that is gone
// observe: node_policy_test:policy.interleave_static.follows_the_node: the node does not come back into the policy
// observe: node_policy_test:policy.interleave_relative.follows_the_node: a rank stands for the same node as before
// observe: node_policy_test:policy.preferred.follows_the_node: the node is preferred no more
// observe: node_policy_test:calls.name_an_empty_node: a home node must have memory

@@
identifier pol;
symbol tmp;
@@
 mpol_rebind_nodemask(...)
 {
 <...
-pol->nodes = tmp;
+nodes_and(pol->nodes, pol->nodes, tmp);
+if (nodes_empty(pol->nodes))
+	pol->nodes = tmp;
 ...>
 }

@@
identifier pol, nodes;
@@
 mpol_rebind_preferred(...)
 {
 <...
-pol->w.cpuset_mems_allowed = *nodes;
+pol->w.cpuset_mems_allowed = *nodes;
+nodes_and(pol->nodes, pol->nodes, *nodes);
+if (nodes_empty(pol->nodes))
+	pol->nodes = *nodes;
 ...>
 }

@@
identifier home_node;
@@
-node_online(home_node)
+node_state(home_node, N_MEMORY)
