// SPDX-License-Identifier: GPL-2.0
// class: lock-order
// file: mm/slab_common.c
// history: 0495e337b703 ("mm/slab_common: Deleting kobject in kmem_cache_destroy() without holding slab_mutex/cpu_hotplug_lock")
// observe: slab_cache_test:global.destroy_waits_for_files: a lock is held while the cache's files are waited for

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
