// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/memory-tiers.c
// history: synthetic
// observe: node_test:node.memory_tier_follows: tiers of node 3 with memory

@@
expression node;
@@
set_node_memory_tier(...)
{
<...
- !node_state(node, N_MEMORY)
+ !node_state(node, N_NORMAL_MEMORY)
...>
}
