// SPDX-License-Identifier: GPL-2.0
// class: use after free
// file: mm/compaction.c
// history: synthetic
// observe: alloc_fault_test:faults.online_movable.each_allocation: a node whose memory is back has no kcompactd

@@
identifier nid;
@@
kcompactd_stop(int nid)
{
<...
- NODE_DATA(nid)->kcompactd = NULL;
...>
}
