// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: kernel/cpu.c
// history: synthetic
// observe: cpu_rollback_test:cpu.down_fails_at_each_state: the error that was asked for once stays

@@
expression st;
@@
cpuhp_invoke_callback(...)
{
<...
- st->fail = CPUHP_INVALID;
...>
}
