/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_ZONELIST_ORACLE_H
#define _LIB_KUNIT_ZONELIST_ORACLE_H

#include <kunit/test.h>
#include <linux/mmzone.h>
#include <linux/types.h>

/* "1023:Movable(bad idx 4) " */
#define ZONELIST_WORD_MAX	32
#define ZONELIST_TEXT_MAX	((MAX_ZONES_PER_ZONELIST + 1) * ZONELIST_WORD_MAX)

char *zonelist_expected(struct kunit *test, int nid, int list);
char *zonelist_expected_alone(struct kunit *test, int nid);
int zonelist_decided_by_load(struct kunit *test, int nid);
void zonelist_print(char *buf, size_t size, int nid, int list);
char *zonelist_actual(struct kunit *test, int nid, int list);
int zonelist_expected_node(struct kunit *test, int nid, int highest);
const char *zonelist_name(int list);
void zonelist_expect_list(struct kunit *test, int nid, int list,
			  const char *when);
void zonelist_expect_all(struct kunit *test, const char *when);

#endif
