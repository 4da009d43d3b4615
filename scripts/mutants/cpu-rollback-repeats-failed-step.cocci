// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: kernel/cpu.c
// history: synthetic
// observe: memhp_cpu.failed_step_is_not_undone: the step that failed is undone, too

@@
identifier st;
@@
cpuhp_reset_state(...)
{
<...
- if (!st->last) {
-	if (st->bringup)
-		st->state--;
-	else
-		st->state++;
- }
...>
}
