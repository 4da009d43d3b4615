// SPDX-License-Identifier: GPL-2.0
// class: input-validation
// file: kernel/cpu.c
// history: 3ae70c251f34 ("cpu/hotplug: Allowing to reset fail injection")
// observe: cpu_rollback_test:cpu.down_fails_at_each_state: -1 is refused

@@
identifier st, fail;
expression e;
@@
fail_store(...)
{
...
- if (fail == CPUHP_INVALID) {
-	st->fail = fail;
-	return e;
- }
...
}
