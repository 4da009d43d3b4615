// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_block_test:block.online.online_then_offline: the block reads going-offline for ever

@@
identifier mem, ret, from_state_req, to_state;
@@
 memory_block_change_state(...)
 {
 ...
-mem->state = ret ? from_state_req : to_state;
+if (ret || to_state != MEM_OFFLINE)
+	mem->state = ret ? from_state_req : to_state;
 ...
 }
