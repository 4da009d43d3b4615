// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/slub.c
// history: synthetic
// observe: memhp_slab.node_without_memory: when the node has lost its memory, each object for it takes a slab of its own

@@
expression nid;
@@
slab_mem_offline_callback(...)
{
<...
- node_clear(nid, slab_nodes);
...>
}
