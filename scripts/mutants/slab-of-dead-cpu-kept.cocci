// SPDX-License-Identifier: GPL-2.0
// class: cpu-state
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.of_a_cpu_that_goes: freed objects keep their memory online

@@
statement S;
iterator name list_for_each_entry;
@@
slub_cpu_dead(...)
{
...
- list_for_each_entry(...)
-	S
...
}
