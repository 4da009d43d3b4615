// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.of_caches_that_come_with_the_node: a cache that is created meanwhile has nothing for the node, and who allocates there dies of an oops

@@
@@
slab_mem_going_online_callback(...)
{
<...
(
- mutex_lock(&slab_mutex);
|
- mutex_unlock(&slab_mutex);
)
...>
}
