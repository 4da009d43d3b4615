// SPDX-License-Identifier: GPL-2.0
// class:   an offline that never ends
// file:    mm/page_isolation.c
// history: found by slab_cache_test
// observe: expected failure of slab_cache_test:objects.full_slab_keeps_memory_online: the offline does not end
//
// A slab's list entry lies over page->mapping. When it has been on a list, its
// second half is LIST_POISON2, whose lowest bits are PAGE_MAPPING_MOVABLE.

@@
identifier page;
@@
has_unmovable_pages(...)
{
<...
-if (__PageMovable(page) || PageLRU(page))
+if (!PageSlab(page) && (__PageMovable(page) || PageLRU(page)))
	continue;
...>
}

@@
identifier folio;
@@
has_unmovable_pages(...)
{
<...
-!folio_test_lru(folio) && !__folio_test_movable(folio)
+folio_test_slab(folio) || (!folio_test_lru(folio) && !__folio_test_movable(folio))
...>
}
