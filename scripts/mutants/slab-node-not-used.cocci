// SPDX-License-Identifier: GPL-2.0
// class: node-state
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.keep_memory_online: objects for a node that came are elsewhere
// observe: slab_cache_test:objects.go_where_they_belong: the same for a cache from before

@@
expression nid;
@@
slab_mem_going_online_callback(...)
{
...
- node_set(nid, slab_nodes);
...
}
