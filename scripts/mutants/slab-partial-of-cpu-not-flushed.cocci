// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.freed_by_another_cpu: the partial list of a CPU keeps the block online
// needs: CONFIG_SLUB_CPU_PARTIAL

@@
@@
flush_cpu_slab(...)
{
<...
- put_partials(...);
...>
}
