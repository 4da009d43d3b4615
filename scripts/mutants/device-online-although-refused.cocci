// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: drivers/base/core.c
// history: synthetic
// observe: rollback_test:notifier.first.only_block: after a veto, the block cannot go online any more
// observe: rollback_test:last_notifier.errno_is_passed_on: the second veto is not asked for

@@
expression dev;
identifier ret;
@@
 device_online(...)
 {
 <...
 ret = dev->bus->online(dev);
+dev->offline = false;
 if (!ret) {
	kobject_uevent(&dev->kobj, KOBJ_ONLINE);
-	dev->offline = false;
 }
 ...>
 }
