// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: arch/x86/mm/init_64.c
// arch: x86
// history: synthetic
// observe: memhp_zone.block_comes_and_goes: there is memory behind the end of memory

@@
@@
add_pages(...)
{
<...
- update_end_of_memory_vars(...);
+ ;
...>
}
