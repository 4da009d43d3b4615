// SPDX-License-Identifier: GPL-2.0
// class: zonelist_update_seq
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_interleave_alloc.every_allocation: an allocation waits for the rebuild though it need not

@@
@@
prepare_alloc_pages(...)
{
  ...
+ read_seqbegin(&zonelist_update_seq);
  return true;
}
