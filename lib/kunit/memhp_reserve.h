/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_MEMHP_RESERVE_H
#define _LIB_KUNIT_MEMHP_RESERVE_H

#include <kunit/test.h>

void memhp_expect_reserves(struct kunit *test, const char *when);

#endif
