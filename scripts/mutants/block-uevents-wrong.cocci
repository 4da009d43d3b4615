// SPDX-License-Identifier: GPL-2.0
// class: notification
// file: drivers/base/core.c
// history: synthetic
// observe: memory_uevent_test:uevent.state.one_for_each_transition: no event when the block goes online
// observe: memory_uevent_test:uevent.online.one_for_each_transition: no event when the block goes online
// observe: memory_uevent_test:uevent.state.none_when_repeated: no event when the block goes online
// observe: memory_uevent_test:uevent.online.none_when_repeated: no event when the block goes online
// observe: memory_uevent_test:uevent.state.none_when_refused: no event when the block goes online
// observe: memory_uevent_test:uevent.state.none_when_offline_fails: an event although it failed
// observe: memory_uevent_test:uevent.online.none_when_offline_fails: an event although it failed

@@
expression dev;
@@
 device_online(...)
 {
 <...
-kobject_uevent(&dev->kobj, KOBJ_ONLINE);
 ...>
 }

@@
identifier ret;
expression dev;
@@
 device_offline(...)
 {
 <...
 ret = dev->bus->offline(dev);
+kobject_uevent(&dev->kobj, KOBJ_OFFLINE);
 if (!ret) {
-	kobject_uevent(&dev->kobj, KOBJ_OFFLINE);
	...
 }
 ...>
 }
