// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: kernel/cpu.c
// history: 64ea6e44f85b ("cpu/hotplug: Make target_store() a nop when target == state")
// observe: memhp_cpu.target_is_repeated: a CPU is online, and about to go

@@
identifier dev, ret, st, target;
@@
target_store(...)
{
<...
 if (st->state < target)
	ret = cpu_up(dev->id, target);
-else if (st->state > target)
+else
	ret = cpu_down(dev->id, target);
-else if (WARN_ON(st->target != target))
-	st->target = target;
...>
}
