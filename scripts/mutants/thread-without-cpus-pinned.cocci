// SPDX-License-Identifier: GPL-2.0
// class: affinity
// file: kernel/cgroup/cpuset.c
// history: synthetic
// observe: zonelist_cpuhp.threads_lose_their_cpus: kswapd gets only the CPUs that are online then

@@
expression tsk, cs_mask;
@@
cpuset_cpus_allowed_fallback(...)
{
<...
- do_set_cpus_allowed(tsk, cs_mask);
+ do_set_cpus_allowed(tsk, cpu_active_mask);
...>
}
