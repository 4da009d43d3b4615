// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/sparse-vmemmap.c
// history: synthetic
// observe: memhp_remove.memory_is_not_mapped: the memmap of what is not there any more can be read

@@
@@
section_deactivate(...)
{
<...
- depopulate_section_memmap(...);
+ ;
...>
}
