// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/slub.c
// history: synthetic
// observe: alloc_fault_test:faults.online_kernel.each_allocation: slab does not use node 3

@@
identifier ret;
@@
slab_memory_callback(...)
{
<...
- if (ret)
-	ret = notifier_from_errno(ret);
- else
+ if (!ret)
	ret = NOTIFY_OK;
...>
}
