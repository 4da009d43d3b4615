// SPDX-License-Identifier: GPL-2.0
// class: lock-order
// file: mm/slab_common.c
// history: synthetic
// observe: console during slab_cache_test: slab_mutex is taken before cpu_hotplug_lock

@@
@@
kmem_cache_destroy(...)
{
<...
- cpus_read_lock();
  mutex_lock(&slab_mutex);
+ cpus_read_lock();
...>
}
