// SPDX-License-Identifier: GPL-2.0
// class: affinity
// file: mm/compaction.c
// history: synthetic
// observe: zonelist_cpuhp.threads_lose_their_cpus: kcompactd may run anywhere although its CPUs are back

@@
expression task, mask;
@@
kcompactd_cpu_online(...)
{
<...
- set_cpus_allowed_ptr(task, mask);
+ ;
...>
}
