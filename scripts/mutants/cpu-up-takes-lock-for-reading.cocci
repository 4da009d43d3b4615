// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: kernel/cpu.c
// history: synthetic
// observe: zonelist_cpuhp.block_waits_for_cpu: the block does not wait for the CPU

@@
@@
_cpu_up(...)
{
<...
(
- cpus_write_lock();
+ cpus_read_lock();
|
- cpus_write_unlock();
+ cpus_read_unlock();
)
...>
}
