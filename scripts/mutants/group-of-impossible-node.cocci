// SPDX-License-Identifier: GPL-2.0
// class: check
// file: drivers/base/memory.c
// history: synthetic
// observe: memhp_group.bad_group_is_refused: a group may be of a node that cannot be

@@
expression nid;
@@
memory_group_register(...)
{
<...
- if (!node_possible(nid))
-	return -EINVAL;
...>
}
