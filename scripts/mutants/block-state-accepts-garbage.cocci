// SPDX-License-Identifier: GPL-2.0
// class: input-validation
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_block_test:block.online.unknown_strings_are_refused: an unknown string puts the block online
// observe: memory_attribute_test:store.state_of_offline.refuses_what_is_no_value: an unknown string puts the block online
// observe: memory_attribute_test:store.state_of_offline.takes_no_parts: the first half of a string puts the block online
// observe: memory_uevent_test:uevent.state.none_when_refused: an unknown string puts the block online

@@
identifier online_type, buf;
@@
 state_store(...)
 {
-const int online_type = mhp_online_type_from_str(buf);
+int online_type = mhp_online_type_from_str(buf);
 ...
 if (online_type < 0)
-	return -EINVAL;
+	online_type = MMOP_ONLINE;
 ...
 }
