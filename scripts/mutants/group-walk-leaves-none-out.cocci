// SPDX-License-Identifier: GPL-2.0
// class: check
// file: drivers/base/memory.c
// history: synthetic
// observe: memhp_group.walk_meets_dynamic_groups: a walk meets the group that it is to leave out

@@
expression group, excluded;
@@
walk_dynamic_memory_groups(...)
{
<...
- group == excluded
+ 0
...>
}
