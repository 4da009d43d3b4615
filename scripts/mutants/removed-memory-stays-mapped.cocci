// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: arch/x86/mm/init_64.c
// arch: x86
// history: synthetic
// observe: memhp_remove.memory_is_not_mapped: what is not there any more can be read

@@
@@
arch_remove_memory(...)
{
<...
- kernel_physical_mapping_remove(...);
+ ;
...>
}
