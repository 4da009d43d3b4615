// SPDX-License-Identifier: GPL-2.0
// class: thread missing
// file: mm/memory_hotplug.c
// history: synthetic
// observe: alloc_fault_test:faults.online_movable.each_allocation: the node that got memory has no kcompactd although no allocation failed
// observe: alloc_fault_test:faults.online_kernel.each_allocation: the same

@@
@@
online_pages(...)
{
<...
- kcompactd_run(...);
...>
}
