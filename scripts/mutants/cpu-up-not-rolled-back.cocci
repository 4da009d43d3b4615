// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: kernel/cpu.c
// history: synthetic
// observe: cpu_rollback_test:cpu.up_fails_at_each_state: the CPU stays half way up

@@
identifier prev_state, st;
expression cpu;
@@
cpuhp_up_callbacks(...)
{
- enum cpuhp_state prev_state = st->state;
<...
- cpuhp_reset_state(cpu, st, prev_state);
- if (can_rollback_cpu(st))
-	WARN_ON(...);
...>
}
