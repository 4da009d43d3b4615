// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.of_a_cpu_that_goes: a CPU's slab is counted where the CPU is, not where the slab is

@@
iterator name for_each_possible_cpu;
expression node, cpu;
expression slab;
@@
show_slab_objects(...)
{
<...
  for_each_possible_cpu(cpu) {
  <...
- node = slab_nid(slab);
+ node = cpu_to_node(cpu);
  ...>
  }
...>
}
