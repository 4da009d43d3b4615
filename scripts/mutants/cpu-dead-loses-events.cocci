// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_cpu.cpu_takes_nothing_along: a CPU has gone with its counts of events

@@
@@
page_alloc_cpu_dead(...)
{
<...
- vm_events_fold_cpu(...);
...>
}
