// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: kernel/cpu.c
// history: synthetic
// observe: cpu_rollback_test:cpu.down_fails_at_each_state: the CPU stays half way down if a step that it takes itself fails

@@
expression st, cpu, prev_state;
expression ret;
@@
cpuhp_kick_ap(...)
{
<...
- if ((ret = st->result)) {
-	cpuhp_reset_state(cpu, st, prev_state);
-	__cpuhp_kick_ap(st);
- }
+ ret = st->result;
...>
}
