// SPDX-License-Identifier: GPL-2.0
// class: spurious-error
// file: drivers/base/cpu.c
// history: synthetic
// observe: memhp_cpu.online_waits_while_disabled: "online" of a CPU fails while CPU hotplug is disabled for a moment

@@
identifier retries, ret;
@@
 cpu_subsys_online(...)
 {
 ...
-int retries = 0;
 ...
-retry:
 ret = cpu_device_up(...);
-if (ret == -EBUSY) {
-	retries++;
-	if (retries > 5)
-		return ret;
-	msleep(...);
-	goto retry;
-}
 ...
 }
