// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: f63661566fad ("mm/page_alloc.c: clear out zone->lowmem_reserve[] if the zone is empty")
// observe: memhp_zone.block_comes_and_goes: a zone without memory keeps back what it had

@@
expression ratio, zone;
@@
setup_per_zone_lowmem_reserve(...)
{
<...
- !ratio || !zone_managed_pages(zone)
+ !ratio
...>
}
