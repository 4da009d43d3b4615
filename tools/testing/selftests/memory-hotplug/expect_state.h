/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a memory block's "state" has to say, for tests that use the harness.
 */

#ifndef EXPECT_STATE_H
#define EXPECT_STATE_H

#include "memory_block.h"

/**
 * expect_state() - expect a block to be in a state now
 * @_metadata:	of the test
 * @id:		the block
 * @expected:	"online" or "offline"
 */
static inline void expect_state(struct __test_metadata *_metadata,
				unsigned long id, const char *expected)
{
	char state[ATTR_LEN] = "?";
	int err = memory_block_read(id, "state", state, sizeof(state));

	EXPECT_STREQ(expected, state) {
		TH_LOG("memory%lu: %s (%s)", id, state, errname(err));
	}
}

#endif /* EXPECT_STATE_H */
