// SPDX-License-Identifier: GPL-2.0
// class: return-value
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_block_test:block.online.repeated_write_changes_nothing: asking for the state that the block is in succeeds
// observe: memory_walk_test:walk.plain.every_order: asking for the state that the block is in succeeds
// observe: memory_walk_test:refused.online_kernel.refused_type_is_forgotten: the same
// observe: memory_uevent_test:uevent.state.none_when_repeated: the same

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
