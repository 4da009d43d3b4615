// SPDX-License-Identifier: GPL-2.0
// class: input-validation
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_block_test:block.online.unknown_strings_are_refused: an unknown string puts the block online

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
