// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/slub.c
// history: b9d5ab2562ec ("slub, hotplug: ignore unrelated node's hot-adding and hot-removing")
// observe: memhp_slab.node_with_movable_memory: slab asks a node that has ZONE_MOVABLE only, and each object takes a slab of its own, elsewhere

@@
identifier nid, marg;
@@
slab_mem_going_online_callback(...)
{
...
- int nid = marg->status_change_nid_normal;
+ int nid = marg->status_change_nid;
...
}
