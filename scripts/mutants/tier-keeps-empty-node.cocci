// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory-tiers.c
// history: synthetic
// observe: node_test:node.memory_tier_follows: tiers of node 3 without memory

@@
expression node, memtype;
@@
clear_node_memory_tier(...)
{
<...
- node_clear(node, memtype->nodes);
...>
}
