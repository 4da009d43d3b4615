/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_ZONELIST_MAP_H
#define _LIB_KUNIT_ZONELIST_MAP_H

#include <kunit/test.h>

#include "zonelist_reader.h"

/**
 * enum zonelist_schedule - how a reader and the writer alternate
 * @ZONELIST_READER_FIRST: the reader takes some steps, the writer goes up to a
 *	store, the reader goes on to its end
 * @ZONELIST_WRITER_FIRST: the writer goes up to a store, the reader takes some
 *	steps, the writer goes on to its end, and then the reader to its own
 * @ZONELIST_NR_SCHEDULES: how many there are
 */
enum zonelist_schedule {
	ZONELIST_READER_FIRST,
	ZONELIST_WRITER_FIRST,
	ZONELIST_NR_SCHEDULES,
};

/**
 * struct zonelist_map - outcome of every pair of one reader and one list
 * @positions: at how many positions the reader was stopped
 * @stores: after how many stores the writer was stopped
 * @outcomes: one per pair, row by row, and a row per position
 */
struct zonelist_map {
	int positions;
	int stores;
	u8 *outcomes;
};

/**
 * struct zonelist_sum - outcomes of many pairs
 * @pairs: how many
 * @ok: how many had no outcome
 * @outcomes: how many had the outcome of that bit number
 */
struct zonelist_sum {
	long pairs;
	long ok;
	long outcomes[ZONELIST_NR_OUTCOMES];
};

const char *zonelist_reader_name(enum zonelist_reader_kind kind);
const char *zonelist_schedule_name(enum zonelist_schedule schedule);
int zonelist_map_init(struct kunit *test, struct zonelist_map *map,
		      int positions, int stores);
void zonelist_map_set(struct zonelist_map *map, int position, int store,
		      unsigned int outcome);
void zonelist_map_print(struct kunit *test, const struct zonelist_map *map,
			const char *key);
void zonelist_sum_add(struct zonelist_sum *sum, unsigned int outcome);
void zonelist_sum_print(struct kunit *test, const struct zonelist_sum *sum,
			const char *key);

#endif
