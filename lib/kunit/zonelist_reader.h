/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_ZONELIST_READER_H
#define _LIB_KUNIT_ZONELIST_READER_H

#include <linux/bits.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/types.h>

/*
 * What a walk of a zonelist that is being rewritten may have come across. None
 * of these is a failure by itself.
 */
#define ZONELIST_MISSED		BIT(0)	/* did not see an expected zone */
#define ZONELIST_TWICE		BIT(1)	/* saw a zone twice */
#define ZONELIST_INDEX		BIT(2)	/* saw a zone with another's index */
#define ZONELIST_EXCLUDED	BIT(3)	/* got a zone that it did not ask for */
#define ZONELIST_EMPTIED	BIT(4)	/* saw only zones without memory */

/* What it must never come across. */
#define ZONELIST_STRAY		BIT(5)	/* a pointer that is no zone */
#define ZONELIST_ENDLESS	BIT(6)	/* no end */

#define ZONELIST_NR_OUTCOMES	5
#define ZONELIST_NR_ZONES	(MAX_NUMNODES * MAX_NR_ZONES)

/**
 * enum zonelist_reader_kind - how a list is read
 * @ZONELIST_RAW: entry by entry, the index first, then the zone
 * @ZONELIST_NEXT: first_zones_zonelist(), then next_zones_zonelist()
 * @ZONELIST_FOR_EACH: for_each_zone_zonelist_nodemask()
 * @ZONELIST_NR_READERS: how many there are
 */
enum zonelist_reader_kind {
	ZONELIST_RAW,
	ZONELIST_NEXT,
	ZONELIST_FOR_EACH,
	ZONELIST_NR_READERS,
};

/**
 * struct zonelist_reader - one way to read a list
 * @kind: how
 * @highest: highest zone index that is asked for; not for ZONELIST_RAW
 * @nodes: nodes that are asked for, or NULL for all; not for ZONELIST_RAW
 */
struct zonelist_reader {
	enum zonelist_reader_kind kind;
	enum zone_type highest;
	nodemask_t *nodes;
};

/**
 * struct zonelist_cursor - a walk that has got somewhere
 * @zref: the entry it is at, NULL before the first
 * @idx: the index it has read from there, for ZONELIST_RAW
 * @half: it has read the index of the entry, not yet the zone
 * @done: it has come to its end
 * @nr_seen: how many zones it has seen
 * @outcome: what it has come across
 * @seen: the zones that it has seen, by zonelist_zone_number()
 */
struct zonelist_cursor {
	struct zoneref *zref;
	int idx;
	bool half;
	bool done;
	int nr_seen;
	unsigned int outcome;
	DECLARE_BITMAP(seen, ZONELIST_NR_ZONES);
};

int zonelist_zone_number(struct zone *zone);
bool zonelist_reader_wants(const struct zonelist_reader *reader,
			   struct zone *zone);
int zonelist_reader_positions(const struct zonelist_reader *reader, int nr);
void zonelist_reader_advance(const struct zonelist_reader *reader,
			     struct zonelist *zl, int steps,
			     struct zonelist_cursor *cursor);
void zonelist_reader_finish(const struct zonelist_reader *reader,
			    struct zonelist *zl,
			    struct zonelist_cursor *cursor);

#endif
