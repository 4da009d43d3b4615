// SPDX-License-Identifier: GPL-2.0
/*
 * The outcomes of all pairs of a reader's position and a writer's store, and
 * how they go to the log: as maps of one character per pair, and as sums. The
 * host draws the maps; see scripts/zonelist_map.py of the project that these
 * suites come from.
 */
#include <linux/printk.h>

#include "zonelist_map.h"

/* printk cuts a record at about 1000 characters. */
#define LINE_MAX 700

/**
 * zonelist_reader_name() - name of a kind of reader, for the log
 * @kind: the kind
 *
 * Context: any.
 * Return: the name.
 */
const char *zonelist_reader_name(enum zonelist_reader_kind kind)
{
	static const char *const names[] = { "raw", "next", "for_each" };

	return names[kind];
}

/**
 * zonelist_schedule_name() - name of a schedule, for the log
 * @schedule: the schedule
 *
 * Context: any.
 * Return: the name.
 */
const char *zonelist_schedule_name(enum zonelist_schedule schedule)
{
	static const char *const names[] = { "reader-first", "writer-first" };

	return names[schedule];
}

/**
 * zonelist_map_init() - make an empty map
 * @test: the running test; the map lives as long as it does
 * @map: the map
 * @positions: at how many positions the reader is stopped
 * @stores: after how many stores the writer is stopped
 *
 * Context: process context, may sleep.
 * Return: 0, or -ENOMEM.
 */
int zonelist_map_init(struct kunit *test, struct zonelist_map *map,
		      int positions, int stores)
{
	map->positions = positions;
	map->stores = stores;
	map->outcomes = kunit_kcalloc(test, positions, stores, GFP_KERNEL);
	return map->outcomes ? 0 : -ENOMEM;
}

/**
 * zonelist_map_set() - enter the outcome of one pair
 * @map: the map
 * @position: the reader's position
 * @store: the writer's store
 * @outcome: bits of ZONELIST_MISSED and so on
 *
 * Context: any.
 */
void zonelist_map_set(struct zonelist_map *map, int position, int store,
		      unsigned int outcome)
{
	map->outcomes[position * map->stores + store] = outcome;
}

/**
 * zonelist_map_print() - write a map to the test's log
 * @test: the running test
 * @map: the map
 * @key: what the map is of
 *
 * Each pair is one digit in base 32, and "/" ends a row. What does not fit into
 * one line goes on in the next, which says with which row.
 *
 * Context: process context, may sleep.
 */
void zonelist_map_print(struct kunit *test, const struct zonelist_map *map,
			const char *key)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	char *line = kunit_kzalloc(test, LINE_MAX + 1, GFP_KERNEL);
	int row, first = 0, len = 0, i;

	KUNIT_ASSERT_NOT_NULL(test, line);
	KUNIT_ASSERT_LT(test, map->stores, LINE_MAX);
	for (row = 0; row < map->positions; row++) {
		for (i = 0; i < map->stores; i++)
			line[len++] = digits[map->outcomes[row * map->stores + i]];
		line[len] = '\0';
		if (row + 1 < map->positions &&
		    len + 1 + map->stores <= LINE_MAX) {
			line[len++] = '/';
			continue;
		}
		kunit_info(test, "map %s stores=%d row=%d %s\n", key,
			   map->stores, first, line);
		first = row + 1;
		len = 0;
	}
	kunit_kfree(test, line);
}

/**
 * zonelist_sum_add() - count one pair
 * @sum: the sum
 * @outcome: bits of ZONELIST_MISSED and so on
 *
 * Context: any; the caller serialises.
 */
void zonelist_sum_add(struct zonelist_sum *sum, unsigned int outcome)
{
	int i;

	sum->pairs++;
	if (!outcome)
		sum->ok++;
	for (i = 0; i < ZONELIST_NR_OUTCOMES; i++)
		if (outcome & BIT(i))
			sum->outcomes[i]++;
}

/**
 * zonelist_sum_print() - write a sum to the test's log
 * @test: the running test
 * @sum: the sum
 * @key: what the sum is of
 *
 * Context: process context, may sleep.
 */
void zonelist_sum_print(struct kunit *test, const struct zonelist_sum *sum,
			const char *key)
{
	kunit_info(test,
		   "sum %s pairs=%ld ok=%ld missed=%ld twice=%ld index=%ld excluded=%ld emptied=%ld\n",
		   key, sum->pairs, sum->ok, sum->outcomes[0], sum->outcomes[1],
		   sum->outcomes[2], sum->outcomes[3], sum->outcomes[4]);
}
