// SPDX-License-Identifier: GPL-2.0
// class: thread left
// file: mm/memory_hotplug.c
// history: synthetic
// observe: rollback_test:notifier.first.only_block: a node without memory has a kswapd and a kcompactd
// observe: rollback_test:notifier.last.only_block: the same

@@
symbol node;
@@
offline_pages(...)
{
<...
- kcompactd_stop(node);
- kswapd_stop(node);
...>
}
