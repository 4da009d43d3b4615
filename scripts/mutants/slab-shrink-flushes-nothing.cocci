// SPDX-License-Identifier: GPL-2.0
// class: cpu-state
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:operation.shrink.during_slow_cpu_down: it does not wait for the CPU
// observe: slab_cache_test:operation.write_shrink.during_slow_cpu_down: the same through sysfs

@@
expression s;
@@
__kmem_cache_shrink(...)
{
- flush_all(s);
  ...
}
