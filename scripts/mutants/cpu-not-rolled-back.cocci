// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: kernel/cpu.c
// history: synthetic
// observe: cpu_rollback_test:cpu.down_fails_at_each_state: the CPU stays half way down if the last step that can fail does

@@
identifier st, cpu, prev_state;
@@
_cpu_down(...)
{
<...
 if (st->state == CPUHP_TEARDOWN_CPU) {
-	cpuhp_reset_state(cpu, st, prev_state);
-	__cpuhp_kick_ap(st);
+	;
 } else {
	...
 }
...>
}
