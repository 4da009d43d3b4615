// SPDX-License-Identifier: GPL-2.0
// class: lock-order
// file: mm/slab_common.c
// history: afe0c26d1968 ("mm, slub: move slub_debug static key enabling outside slab_mutex")
// needs: CONFIG_JUMP_LABEL, CONFIG_SLUB_DEBUG
// observe: none: a static key takes cpu_hotplug_lock only if there is CONFIG_JUMP_LABEL, and then only the first debug cache after boot does; our kernels are without it

@@
expression flags;
@@
__kmem_cache_create_args(...)
{
<...
- if (flags & SLAB_DEBUG_FLAGS)
-	static_branch_enable(&slub_debug_enabled);
...>
}

@@
@@
__kmem_cache_create_args(..., slab_flags_t flags)
{
<...
 mutex_lock(&slab_mutex);
+if (flags & SLAB_DEBUG_FLAGS)
+	static_branch_enable(&slub_debug_enabled);
...>
}
