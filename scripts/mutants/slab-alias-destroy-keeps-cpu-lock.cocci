// SPDX-License-Identifier: GPL-2.0
// class: lock leaked
// file: mm/slab_common.c
// history: synthetic
// needs: CONFIG_SLAB_MERGE_DEFAULT
// observe: none: no test has a cache that shares its slabs with another one: those of memhp_cache.c are SLAB_NO_MERGE

@@
expression s;
@@
kmem_cache_destroy(...)
{
<...
 if (s->refcount) {
	mutex_unlock(&slab_mutex);
-	cpus_read_unlock();
	return;
 }
...>
}
