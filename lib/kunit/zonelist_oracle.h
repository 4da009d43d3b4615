/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_ZONELIST_ORACLE_H
#define _LIB_KUNIT_ZONELIST_ORACLE_H

#include <kunit/test.h>

char *zonelist_expected(struct kunit *test, int nid, int list);
char *zonelist_expected_alone(struct kunit *test, int nid);
int zonelist_decided_by_load(struct kunit *test, int nid);
char *zonelist_actual(struct kunit *test, int nid, int list);
int zonelist_expected_node(struct kunit *test, int nid, int highest);
const char *zonelist_name(int list);
void zonelist_expect_list(struct kunit *test, int nid, int list,
			  const char *when);
void zonelist_expect_all(struct kunit *test, const char *when);

#endif
