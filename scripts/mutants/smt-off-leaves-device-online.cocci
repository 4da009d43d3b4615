// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: kernel/cpu.c
// history: synthetic
// observe: cpu_memory_test:cpu.attributes_refuse_garbage: "online" of cpu1, down by smt/control

@@
expression dev;
@@
cpuhp_offline_cpu_device(...)
{
<...
- dev->offline = true;
...>
}
