// SPDX-License-Identifier: GPL-2.0
// class: cpu-state
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_cpu.cpu_takes_nothing_along: a CPU has gone with a page in its LRU cache

@@
@@
page_alloc_cpu_dead(...)
{
<...
- lru_add_drain_cpu(...);
...>
}
