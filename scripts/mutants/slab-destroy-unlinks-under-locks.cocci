// SPDX-License-Identifier: GPL-2.0
// class: lock-order
// file: mm/slab_common.c
// history: 0495e337b703 ("mm/slab_common: Deleting kobject in kmem_cache_destroy() without holding slab_mutex/cpu_hotplug_lock")
// observe: console during slab_cache_test: files of the cache are removed under cpu_hotplug_lock, which writing to them takes

@@
symbol sysfs_ready, slab_state;
@@
kmem_cache_destroy(...)
{
<...
- if (sysfs_ready)
-	sysfs_slab_unlink(s);
...>
}

@@
symbol sysfs_ready, slab_state;
@@
kmem_cache_destroy(...)
{
<...
 sysfs_ready = slab_state >= FULL;
+if (sysfs_ready)
+	sysfs_slab_unlink(s);
...>
}
