// SPDX-License-Identifier: GPL-2.0
// class:   zone read from a zoneref again, after it has become the end of the list
// file:    mm/page_alloc.c
// history: found by zonelist_storm on a machine with two nodes
// observe: console during zonelist_vanish.entry_becomes_the_end: BUG: kernel NULL pointer dereference
//
// get_page_from_freelist() takes the zone from the entry that it prefers once
// more for the statistics. This lets the end of the list count as the zone that
// the page is taken from.

@@
expression ac, zone;
@@
get_page_from_freelist(...)
{
<...
- rmqueue(zonelist_zone(ac->preferred_zoneref), zone,
+ rmqueue(zonelist_zone(ac->preferred_zoneref) ?: zone, zone,
  ...)
...>
}
