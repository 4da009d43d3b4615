// SPDX-License-Identifier: GPL-2.0
// class: affinity
// file: mm/vmscan.c
// history: synthetic
// observe: zonelist_cpuhp.consumers_at_rest: kswapd is not bound to the CPUs of its node

@@
expression tsk, cpumask;
@@
kswapd(...)
{
<...
- set_cpus_allowed_ptr(tsk, cpumask);
+ ;
...>
}
