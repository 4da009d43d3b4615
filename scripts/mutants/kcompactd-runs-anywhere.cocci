// SPDX-License-Identifier: GPL-2.0
// class: affinity
// file: mm/compaction.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_at_rest: kcompactd is not bound to the CPUs of its node

@@
expression cpumask;
@@
kcompactd(...)
{
<...
- !cpumask_empty(cpumask)
+ cpumask_empty(cpumask)
...>
}
