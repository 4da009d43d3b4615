// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.of_a_cpu_that_goes: the partial list of a CPU that is gone keeps its memory online
// needs: CONFIG_SLUB_CPU_PARTIAL

@@
@@
__flush_cpu_slab(...)
{
<...
- put_partials_cpu(...);
...>
}
