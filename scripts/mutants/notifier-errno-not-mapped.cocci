// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/memory_hotplug.c
// history: synthetic
// observe: rollback_test:last_notifier.errno_is_passed_on: the write succeeds

@@
identifier ret;
@@
online_pages(...)
{
<...
 ret = memory_notify(MEM_GOING_ONLINE, ...);
-ret = notifier_to_errno(ret);
...>
}
