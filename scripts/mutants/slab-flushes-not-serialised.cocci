// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/slub.c
// history: 5a836bf6b09f ("mm: slub: move flush_cpu_slab() invocations __free_slab() invocations out of IRQ context")
// observe: slab_cache_test:global.shrink_two_caches: a CPU keeps a slab of a cache that was shrunk, or somebody waits for ever

@@
declarer name DEFINE_MUTEX;
@@
- static DEFINE_MUTEX(flush_lock);

@@
@@
flush_all_cpus_locked(...)
{
<...
(
- mutex_lock(&flush_lock);
|
- mutex_unlock(&flush_lock);
)
...>
}
