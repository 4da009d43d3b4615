// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: drivers/base/memory.c
// history: synthetic
// observe: memhp_group.walk_meets_dynamic_groups: a walk never meets the group

@@
@@
memory_group_register(...)
{
<...
- xa_set_mark(...);
+ ;
...>
}
