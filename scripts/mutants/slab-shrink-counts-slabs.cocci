// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.keep_memory_online: slabs that are gone are still counted

@@
@@
__kmem_cache_do_shrink(...)
{
<...
- dec_slabs_node(...);
...>
}
