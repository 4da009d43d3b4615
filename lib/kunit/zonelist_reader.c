// SPDX-License-Identifier: GPL-2.0
/*
 * Walks of a zonelist that can be stopped on the way and continued later, when
 * the list has become another one: in the raw entries, and through each of the
 * iterators that the kernel has.
 */
#include <linux/string.h>

#include "zonelist_reader.h"

/**
 * zonelist_zone_number() - number a zone
 * @zone: what is supposed to be a zone; not dereferenced
 *
 * Context: any.
 * Return: the zone's number below ZONELIST_NR_ZONES, or -1 if @zone points to
 *	no zone of this machine.
 */
int zonelist_zone_number(struct zone *zone)
{
	int nid;

	for_each_node(nid) {
		struct zone *zones = NODE_DATA(nid)->node_zones;

		if (zone >= zones && zone < zones + MAX_NR_ZONES)
			return nid * MAX_NR_ZONES + (zone - zones);
	}
	return -1;
}

/**
 * zonelist_reader_wants() - does a reader ask for a zone?
 * @reader: the reader
 * @zone: the zone
 *
 * Context: any.
 * Return: true if a walk of a list at rest that has the zone comes to it.
 */
bool zonelist_reader_wants(const struct zonelist_reader *reader,
			   struct zone *zone)
{
	if (reader->kind == ZONELIST_RAW)
		return true;
	if (zone_idx(zone) > reader->highest)
		return false;
	return !reader->nodes || node_isset(zone_to_nid(zone), *reader->nodes);
}

/**
 * zonelist_reader_positions() - at how many positions can a walk be stopped?
 * @reader: the reader
 * @nr: number of zones in the list that it wants
 *
 * Before it begins, after each zone, and, where index and zone are read one
 * after the other, in between, including those of the terminator.
 *
 * Context: any.
 * Return: the number.
 */
int zonelist_reader_positions(const struct zonelist_reader *reader, int nr)
{
	return (nr + 1) * (reader->kind == ZONELIST_FOR_EACH ? 1 : 2);
}

/* Returns false when the walk must not go on. */
static bool visit(const struct zonelist_reader *reader,
		  struct zonelist_cursor *cursor, struct zone *zone)
{
	int nr = zonelist_zone_number(zone);

	if (nr < 0)
		cursor->outcome |= ZONELIST_STRAY;
	else if (cursor->nr_seen == MAX_ZONES_PER_ZONELIST)
		cursor->outcome |= ZONELIST_ENDLESS;
	if (cursor->outcome & (ZONELIST_STRAY | ZONELIST_ENDLESS))
		return false;

	cursor->nr_seen++;
	if (__test_and_set_bit(nr, cursor->seen))
		cursor->outcome |= ZONELIST_TWICE;
	if (!zonelist_reader_wants(reader, zone))
		cursor->outcome |= ZONELIST_EXCLUDED;
	if (reader->kind == ZONELIST_RAW && cursor->idx != zone_idx(zone))
		cursor->outcome |= ZONELIST_INDEX;
	return true;
}

static void read_index(const struct zonelist_reader *reader,
		       struct zonelist *zl, struct zonelist_cursor *cursor)
{
	if (reader->kind == ZONELIST_RAW) {
		cursor->zref = cursor->zref ? cursor->zref + 1 : zl->_zonerefs;
		cursor->idx = READ_ONCE(cursor->zref->zone_idx);
	} else if (!cursor->zref) {
		cursor->zref = first_zones_zonelist(zl, reader->highest,
						    reader->nodes);
	} else {
		cursor->zref = next_zones_zonelist(cursor->zref + 1,
						   reader->highest,
						   reader->nodes);
	}
}

/* Half a step: to the next entry and its index, or from the index to the zone. */
static void half_step(const struct zonelist_reader *reader,
		      struct zonelist *zl, struct zonelist_cursor *cursor)
{
	struct zone *zone;

	if (!cursor->half) {
		read_index(reader, zl, cursor);
	} else {
		zone = READ_ONCE(cursor->zref->zone);
		cursor->done = !zone || !visit(reader, cursor, zone);
	}
	cursor->half = !cursor->half;
}

static void advance_for_each(const struct zonelist_reader *reader,
			     struct zonelist *zl, int steps,
			     struct zonelist_cursor *cursor)
{
	struct zone *zone;

	if (!steps)
		return;
	for_each_zone_zonelist_nodemask(zone, cursor->zref, zl,
					reader->highest, reader->nodes) {
		if (!visit(reader, cursor, zone))
			break;
		if (!--steps)
			return;
	}
	cursor->done = true;
}

static void finish_for_each(const struct zonelist_reader *reader,
			    struct zonelist *zl,
			    struct zonelist_cursor *cursor)
{
	struct zone *zone;

	if (!cursor->zref) {
		advance_for_each(reader, zl, INT_MAX, cursor);
		return;
	}
	cursor->zref = next_zones_zonelist(cursor->zref + 1, reader->highest,
					   reader->nodes);
	for_next_zone_zonelist_nodemask(zone, cursor->zref, reader->highest,
					reader->nodes) {
		if (!visit(reader, cursor, zone))
			break;
	}
	cursor->done = true;
}

/**
 * zonelist_reader_advance() - begin a walk and stop it after some steps
 * @reader: the reader
 * @zl: the list
 * @steps: how many: below zonelist_reader_positions()
 * @cursor: where to keep the walk; whatever it was before is lost
 *
 * Context: any; takes no lock, as the page allocator takes none.
 */
void zonelist_reader_advance(const struct zonelist_reader *reader,
			     struct zonelist *zl, int steps,
			     struct zonelist_cursor *cursor)
{
	memset(cursor, 0, sizeof(*cursor));
	if (reader->kind == ZONELIST_FOR_EACH) {
		advance_for_each(reader, zl, steps, cursor);
		return;
	}
	while (steps-- && !cursor->done)
		half_step(reader, zl, cursor);
}

/**
 * zonelist_reader_finish() - let a walk go on to its end
 * @reader: the reader
 * @zl: the list that the walk began on
 * @cursor: where the walk is
 *
 * Context: any; takes no lock, as the page allocator takes none.
 */
void zonelist_reader_finish(const struct zonelist_reader *reader,
			    struct zonelist *zl,
			    struct zonelist_cursor *cursor)
{
	if (cursor->done)
		return;
	if (reader->kind == ZONELIST_FOR_EACH) {
		finish_for_each(reader, zl, cursor);
		return;
	}
	while (!cursor->done)
		half_step(reader, zl, cursor);
}
