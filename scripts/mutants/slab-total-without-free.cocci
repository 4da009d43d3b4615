// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.full_slab_keeps_memory_online: total_objects leaves out what is free in a slab

@@
expression n, x;
@@
show_slab_objects(...)
{
<...
- x = node_nr_objs(n);
+ x = node_nr_objs(n) - count_partial(n, count_free);
...>
}
