// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memory_block_test:block.online.node_states_follow: a node without memory stays in has_memory

@@
expression node;
@@
 node_states_clear_node(...)
 {
 <...
-node_clear_state(node, N_MEMORY);
+;
 ...>
 }
