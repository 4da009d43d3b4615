// SPDX-License-Identifier: GPL-2.0
// class: lock-order
// file: mm/slab_common.c
// history: 7e1fa93deff4 ("mm, slab, slub: stop taking memory hotplug lock")
// observe: slab_cache_test:operation.create.during_slow_offline: it waits for an offline to end
// observe: slab_cache_test:operation.destroy.during_slow_offline: so does this
// observe: slab_cache_test:operation.destroy.during_slow_cpu_down: it waits for the CPU at no lock

@@
@@
__kmem_cache_create_args(...)
{
<...
+get_online_mems();
 mutex_lock(&slab_mutex);
...>
}

@@
@@
__kmem_cache_create_args(...)
{
<...
 mutex_unlock(&slab_mutex);
+put_online_mems();
...>
}

@@
@@
kmem_cache_destroy(...)
{
<...
-cpus_read_lock();
+get_online_mems();
...>
}

@@
@@
kmem_cache_destroy(...)
{
<...
-cpus_read_unlock();
+put_online_mems();
...>
}
