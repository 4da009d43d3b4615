// SPDX-License-Identifier: GPL-2.0
// class: zonelist with something else
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_interleave.every_interleaving: a walk comes to a pointer that is no zone
//
// It points to a zone that looks empty, so that nobody else trips over it.

@@
identifier zone, zoneref;
@@
zoneref_set_zone(struct zone *zone, struct zoneref *zoneref)
{
+ static struct zone stray;
+ WRITE_ONCE(zoneref->zone, &stray);
  ...
}
