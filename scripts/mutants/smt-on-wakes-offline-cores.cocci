// SPDX-License-Identifier: GPL-2.0
// class: cpu-state
// file: kernel/cpu.c
// history: 6c17ea1f3eaa ("cpu/SMT: Enable SMT only if a core is online")
// arch: powerpc
// observe: none: SMT control brings up siblings of CPUs that had been taken down; cpu_memory_test could take all threads of a core down by "online" and then write "on": they must stay down there

@@
expression cpu;
@@
cpuhp_smt_enable(...)
{
<...
- !cpu_smt_thread_allowed(cpu) || !topology_is_core_online(cpu)
+ !cpu_smt_thread_allowed(cpu)
...>
}
