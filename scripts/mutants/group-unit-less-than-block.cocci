// SPDX-License-Identifier: GPL-2.0
// class: check
// file: drivers/base/memory.c
// history: synthetic
// observe: memhp_group.bad_group_is_refused: a unit of a dynamic group may be less than a memory block

@@
expression e, pages;
@@
memory_group_register_dynamic(...)
{
<...
- e || pages < PHYS_PFN(memory_block_size_bytes())
+ e
...>
}
