// SPDX-License-Identifier: GPL-2.0
// class: return-value
// file: drivers/base/core.c
// history: synthetic
// observe: memory_block_test:block.online.repeated_write_changes_nothing: memory35/online: write "0\n": expected success, got Input/output error

@@
identifier ret, count;
@@
 online_store(...)
 {
 ...
-return ret < 0 ? ret : count;
+return ret ? ret : count;
 }
