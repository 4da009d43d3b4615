// SPDX-License-Identifier: GPL-2.0
/*
 * The ways in which a memory block changes the set of populated zones, which
 * several suites go through.
 */
#include "memhp_scenario.h"

static const struct memhp_scenario scenarios[] = {
	{
		.desc = "movable zone of a node with memory",
		.kind = MEMHP_NODE_WITH_MEMORY,
		.online_type = MMOP_ONLINE_MOVABLE,
		.zone = ZONE_MOVABLE,
	}, {
		.desc = "movable zone of a node with memory, without CPUs",
		.kind = MEMHP_NODE_WITHOUT_CPUS,
		.online_type = MMOP_ONLINE_MOVABLE,
		.zone = ZONE_MOVABLE,
	}, {
		.desc = "movable zone of a node without memory",
		.kind = MEMHP_NODE_WITHOUT_MEMORY,
		.online_type = MMOP_ONLINE_MOVABLE,
		.zone = ZONE_MOVABLE,
	}, {
		.desc = "kernel zone of a node without memory",
		.kind = MEMHP_NODE_WITHOUT_MEMORY,
		.online_type = MMOP_ONLINE_KERNEL,
		.zone = ZONE_NORMAL,
	},
};

static void describe_scenario(const struct memhp_scenario *param, char *desc)
{
	strscpy(desc, param->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(scenario, scenarios, describe_scenario);

/**
 * memhp_scenario_gen_params() - go through the scenarios, for KUNIT_CASE_PARAM()
 * @prev: the scenario before, or NULL
 * @desc: buffer for the description
 *
 * Context: any.
 * Return: the next scenario, or NULL.
 */
const void *memhp_scenario_gen_params(const void *prev, char *desc)
{
	return scenario_gen_params(prev, desc);
}

/**
 * memhp_scenario_block() - the memory block of the scenario that a test is in
 * @test: the running test; its parameter is a struct memhp_scenario
 * @zone: set to the zone that the block populates
 *
 * Skips the test if the machine has no such block. The block is offline, and is
 * put offline again when the test ends.
 *
 * Context: process context, may sleep. Takes device_hotplug_lock.
 * Return: the block.
 */
struct memory_block *memhp_scenario_block(struct kunit *test,
					  struct zone **zone)
{
	const struct memhp_scenario *scenario = test->param_value;
	struct memory_block *mem = memhp_block_get(test, scenario->kind);

	if (!mem)
		kunit_skip(test, "no offline memory block on such a node");
	*zone = &NODE_DATA(memhp_block_nid(mem))->node_zones[scenario->zone];
	KUNIT_ASSERT_FALSE_MSG(test, populated_zone(*zone),
			       "the block would not populate the zone");
	return mem;
}
