// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/slub.c
// history: synthetic
// observe: rule of lockset_test: memory-offline, flush_all_cpus_locked, slab_mutex: not held

@@
@@
slab_mem_going_offline_callback(...)
{
<...
(
- mutex_lock(&slab_mutex);
|
- mutex_unlock(&slab_mutex);
)
...>
}
