// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memhp_zone.dirty_limit_follows: it is that of before

@@
@@
online_pages(...)
{
<...
- writeback_set_ratelimit();
...>
}
