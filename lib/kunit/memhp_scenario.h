/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_MEMHP_SCENARIO_H
#define _LIB_KUNIT_MEMHP_SCENARIO_H

#include <linux/mmzone.h>

#include "memhp_block.h"

/**
 * struct memhp_scenario - one way in which a memory block changes the zonelists
 * @desc: for people
 * @kind: which node the block belongs to
 * @online_type: how the block is put online
 * @zone: the zone that this populates, and that is empty again afterwards
 */
struct memhp_scenario {
	const char *desc;
	enum memhp_node_kind kind;
	int online_type;
	enum zone_type zone;
};

const void *memhp_scenario_gen_params(const void *prev, char *desc);
struct memory_block *memhp_scenario_block(struct kunit *test,
					  struct zone **zone);

#endif
