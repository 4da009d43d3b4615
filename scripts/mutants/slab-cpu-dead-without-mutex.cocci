// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/slub.c
// history: synthetic
// observe: none: nothing goes wrong: who destroys a cache holds cpu_hotplug_lock, too, which whoever takes a CPU down holds for writing, and a cache that is created meanwhile has nothing on that CPU

@@
@@
slub_cpu_dead(...)
{
<...
(
- mutex_lock(&slab_mutex);
|
- mutex_unlock(&slab_mutex);
)
...>
}
