// SPDX-License-Identifier: GPL-2.0
// class: permission
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_attribute_test:blocks.modes: others may not read the state
// observe: memory_attribute_test:user.another_user_may_not_open: another user cannot read the state
// observe: memory_attribute_test:user.open_file_may_be_handed_on: the user who writes must have a capability
// observe: memory_attribute_test:user.root_needs_no_capability: root must have a capability

@@
identifier online_type;
@@
 state_store(...)
 {
 ...
 if (online_type < 0)
	return -EINVAL;
+if (!capable(CAP_SYS_ADMIN))
+	return -EPERM;
 ...
 }

@@
declarer name DEVICE_ATTR_RW;
declarer name DEVICE_ATTR;
symbol state;
@@
-DEVICE_ATTR_RW(state);
+DEVICE_ATTR(state, 0600, state_show, state_store);
