// SPDX-License-Identifier: GPL-2.0
// class: input-validation
// file: kernel/cpu.c
// history: 62f250694092 ("cpu/hotplug: CPUHP_BRINGUP_CPU failure exception")
// observe: cpu_rollback_test:cpu.down_fails_at_each_state: steps that cannot be undone can be made to fail

@@
expression st, fail;
@@
fail_store(...)
{
<...
- if (fail <= CPUHP_BRINGUP_CPU && st->state > CPUHP_BRINGUP_CPU)
-	return -EINVAL;
...>
}
