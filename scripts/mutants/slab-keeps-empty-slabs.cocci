// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.go_where_they_belong: empty slabs keep the block online

@@
expression s;
@@
slab_mem_going_offline_callback(...)
{
<...
- __kmem_cache_do_shrink(s);
...>
}
