// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/slub.c
// history: synthetic
// observe: console during slab_cache_test: Slab cache still has objects

@@
expression n;
@@
__kmem_cache_do_shrink(...)
{
<...
- n->nr_partial--;
...>
}
