// SPDX-License-Identifier: GPL-2.0
// class: null pointer
// file: mm/compaction.c
// history: 3109de308987 ("mm: compaction: avoid possible NULL pointer dereference in kcompactd_cpu_online")
// observe: memhp_cpu.node_lacks_kcompactd: a kcompactd that a node lacks would be told of a CPU that has come up, which crashes

@@
identifier pgdat, mask;
@@
kcompactd_cpu_online(...)
{
<...
- if (pgdat->kcompactd)
	set_cpus_allowed_ptr(pgdat->kcompactd, mask);
...>
}
