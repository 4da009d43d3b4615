// SPDX-License-Identifier: GPL-2.0
// class: cpu-state
// file: mm/vmstat.c
// history: synthetic
// observe: memhp_cpu.cpu_leaves_no_work: vmstat_work of a CPU is pending, and the CPU has gone

@@
@@
vmstat_cpu_down_prep(...)
{
- cancel_delayed_work_sync(...);
...
}
