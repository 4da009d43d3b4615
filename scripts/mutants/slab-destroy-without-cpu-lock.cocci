// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/slab_common.c
// history: 5a836bf6b09f ("mm: slub: move flush_cpu_slab() invocations __free_slab() invocations out of IRQ context")
// observe: slab_cache_test:operation.destroy.during_slow_cpu_down: it flushes CPUs while one of them goes

@@
@@
kmem_cache_destroy(...)
{
<...
(
- cpus_read_lock();
|
- cpus_read_unlock();
)
...>
}
