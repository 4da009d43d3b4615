// SPDX-License-Identifier: GPL-2.0
// class:   an online type that is refused is kept
// file:    drivers/base/memory.c
// history: found by memory_walk_test
// observe: expected failure of memory_walk_test:refused.online_kernel.refused_type_is_forgotten: refused online_kernel is kept
//
// state_store() sets the online type before device_online() finds that there is
// nothing to do, and only an online that is carried out resets it. Later, a 1
// that is written to "online" puts the block where that type says.

@@
identifier mem, online_type, ret;
@@
state_store(...)
{
<...
 mem->online_type = online_type;
 ret = device_online(&mem->dev);
+mem->online_type = MMOP_OFFLINE;
...>
}
