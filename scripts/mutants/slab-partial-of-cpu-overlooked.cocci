// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.freed_by_another_cpu: the slabs of a CPU that only frees keep the block online
// needs: CONFIG_SLUB_CPU_PARTIAL

@@
expression c;
@@
has_cpu_slab(...)
{
<...
- c->slab || slub_percpu_partial(c)
+ c->slab
...>
}
