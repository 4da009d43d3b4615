// SPDX-License-Identifier: GPL-2.0
// class: cpu-state
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_cpu.cpu_takes_nothing_along: a CPU has gone with free pages

@@
@@
page_alloc_cpu_dead(...)
{
<...
- drain_pages(...);
...>
}
