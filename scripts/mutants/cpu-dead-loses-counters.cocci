// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_cpu.cpu_takes_nothing_along: a CPU has gone with what it has counted

@@
@@
page_alloc_cpu_dead(...)
{
<...
- cpu_vm_stats_fold(...);
...>
}
