// SPDX-License-Identifier: GPL-2.0
// class: return-value
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_block_test:block.online.repeated_write_changes_nothing: asking for the state that the block is in succeeds

@@
identifier ret;
@@
 state_store(...)
 {
 ...
 if (ret < 0)
	return ret;
-if (ret)
-	return -EINVAL;
 ...
 }
