// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/slub.c
// history: synthetic
// observe: slab_read_test:node.bare.slab_state_survives_empty_refill: slab allocates its state of the node once more

@@
expression s, nid;
@@
slab_mem_going_online_callback(...)
{
<...
- if (get_node(s, nid))
-	continue;
...>
}
