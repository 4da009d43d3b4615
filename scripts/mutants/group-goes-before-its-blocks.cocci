// SPDX-License-Identifier: GPL-2.0
// class: check
// file: drivers/base/memory.c
// history: synthetic
// observe: memhp_group.group_in_use_stays: a group goes with memory blocks in it

@@
expression group;
@@
memory_group_unregister(...)
{
<...
- if (!list_empty(&group->memory_blocks))
-	return -EBUSY;
...>
}
