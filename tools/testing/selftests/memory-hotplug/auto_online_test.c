// SPDX-License-Identifier: GPL-2.0
/*
 * What state, and which zone, hot-added memory comes up in:
 * auto_online_blocks, and the online policies of memory_hotplug.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "attr_guard.h"
#include "block_range.h"
#include "dimm.h"
#include "host_port.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "online_policy.h"

#define AUTO_ONLINE	SYSFS_MEMORY "/auto_online_blocks"

/* What all fixtures share: a host that plugs to a node. */
struct machine {
	const struct memory_blocks *blocks;
	struct host_port port;
	int node;
	unsigned long long bytes;
};

/* Return: why not. */
static const char *machine_get(struct __test_metadata *_metadata,
			       struct machine *machine)
{
	struct memory_node node;
	const char *reason;
	int err;

	machine->port.fd = -1;
	machine->blocks = memory_blocks_at_start(&reason);
	if (!machine->blocks)
		return reason;
	reason = dimm_missing();
	if (reason)
		return reason;
	err = host_port_open(&machine->port, &reason);
	if (err == -ENODEV)
		return reason;
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s: %s", reason, errname(err),
		       machine->port.answer);
	}
	ASSERT_EQ(0, dimm_wait_all(&machine->port));
	ASSERT_EQ(0U, memory_blocks_restore(machine->blocks));
	ASSERT_EQ(0U, attr_guard_restore());
	/* Its kernel zones are what the kernel takes memory from last. */
	if (memory_node_find(machine->blocks, true, &node) || node.cpus)
		return "no node without boot memory and CPUs";
	machine->node = node.id;
	machine->bytes = machine->blocks->pages * sysconf(_SC_PAGESIZE);
	return NULL;
}

static void machine_put(struct __test_metadata *_metadata,
			struct machine *machine)
{
	EXPECT_EQ(0, host_port_close(&machine->port)) {
		TH_LOG("not put back: %s", machine->port.answer);
	}
	if (machine->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(machine->blocks));
	EXPECT_EQ(0U, attr_guard_restore());
}

static void set(struct __test_metadata *_metadata, const char *path,
		const char *value)
{
	ssize_t ret = attr_write(path, value, strlen(value));

	ASSERT_EQ((ssize_t)strlen(value), ret) {
		TH_LOG("%s: write \"%s\": %s", path, value, errname(ret));
	}
}

static struct block_range plug(struct __test_metadata *_metadata,
			       struct machine *machine, unsigned int blocks,
			       struct host_device *dimm)
{
	struct block_range range;
	int err = dimm_plug(&machine->port, machine->node,
			    blocks * machine->bytes, dimm, &range);

	ASSERT_EQ(0, err) {
		TH_LOG("%u blocks: %s: %s", blocks, errname(err),
		       machine->port.answer);
	}
	ASSERT_EQ(blocks, range.nr);
	return range;
}

static void unplug(struct __test_metadata *_metadata, struct machine *machine,
		   const struct host_device *dimm)
{
	int err = host_unplug_dimm(&machine->port, dimm->id);

	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s: %s", dimm->id, errname(err),
		       machine->port.answer);
	}
}

static void write_state(struct __test_metadata *_metadata, unsigned long id,
			const char *state)
{
	int err = memory_block_write(id, "state", state);

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu/state: write \"%s\": %s", id, state,
		       errname(err));
	}
}

static void take_offline(struct __test_metadata *_metadata, unsigned long id)
{
	int err = memory_block_offline(id);

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: offline: %s", id, errname(err));
	}
}

/* Is a block in ZONE_MOVABLE, or would it go there? In a kernel zone if not. */
static void expect_movable(struct __test_metadata *_metadata, unsigned long id,
			   bool movable, const char *when)
{
	char zone[ZONE_LEN] = "?";
	int err = block_zone(id, zone);

	EXPECT_EQ(0, err);
	EXPECT_EQ(movable, !strcmp(zone, ZONE_MOVABLE)) {
		TH_LOG("memory%lu: zone %s %s", id, zone, when);
	}
}

FIXTURE(auto_online) {
	struct machine machine;
};

FIXTURE_VARIANT(auto_online) {
	const char *type;
};

/* Nothing goes online by itself. */
FIXTURE_VARIANT_ADD(auto_online, offline) {
	.type = "offline",
};

/* To the default zone. */
FIXTURE_VARIANT_ADD(auto_online, online) {
	.type = "online",
};

/* To a kernel zone. */
FIXTURE_VARIANT_ADD(auto_online, online_kernel) {
	.type = "online_kernel",
};

/* To ZONE_MOVABLE. */
FIXTURE_VARIANT_ADD(auto_online, online_movable) {
	.type = "online_movable",
};

FIXTURE_SETUP(auto_online)
{
	const char *reason = machine_get(_metadata, &self->machine);

	if (reason)
		SKIP(return, "%s", reason);
}

FIXTURE_TEARDOWN(auto_online)
{
	machine_put(_metadata, &self->machine);
}

/*
 * Each block of a dimm comes up in the state, and in the zone, that
 * auto_online_blocks says: the default zone is what an offline block names
 * first.
 */
TEST_F(auto_online, blocks_come_up)
{
	struct machine *machine = &self->machine;
	const bool offline = !strcmp(variant->type, "offline");
	char zone[ZONE_LEN], value[ATTR_LEN], state[ATTR_LEN];
	struct host_device dimm;
	struct block_range range;
	bool movable;
	unsigned long id;

	set(_metadata, AUTO_ONLINE, "offline");
	range = plug(_metadata, machine, 2, &dimm);
	ASSERT_EQ(0, block_zone(range.first, zone));
	unplug(_metadata, machine, &dimm);

	set(_metadata, AUTO_ONLINE, variant->type);
	ASSERT_EQ(0, attr_read(AUTO_ONLINE, value, sizeof(value)));
	EXPECT_STREQ(variant->type, value);
	range = plug(_metadata, machine, 2, &dimm);

	movable = strcmp(variant->type, "online_kernel") &&
		  (!strcmp(variant->type, "online_movable") ||
		   !strcmp(zone, ZONE_MOVABLE));
	for (id = range.first; id < range.first + range.nr; id++) {
		ASSERT_EQ(0, memory_block_read(id, "state", state,
					       sizeof(state)));
		EXPECT_STREQ(offline ? "offline" : "online", state) {
			TH_LOG("memory%lu: %s", id, state);
		}
		expect_movable(_metadata, id, movable, variant->type);
	}
	unplug(_metadata, machine, &dimm);
	EXPECT_EQ(0U, block_range_here(&range));
}

FIXTURE(policy) {
	struct machine machine;
};

FIXTURE_SETUP(policy)
{
	const char *reason = machine_get(_metadata, &self->machine);

	if (reason)
		SKIP(return, "%s", reason);
	if (access(POLICY_NUMA_AWARE, F_OK))
		SKIP(return, "no " POLICY_NUMA_AWARE);
	set(_metadata, AUTO_ONLINE, "offline");
}

FIXTURE_TEARDOWN(policy)
{
	machine_put(_metadata, &self->machine);
}

/* What is not a value of a setting is refused and changes nothing. */
TEST_F(policy, unknown_values_are_refused)
{
	static const char *const wrong[][2] = {
		{ AUTO_ONLINE, "Online" },
		{ AUTO_ONLINE, "online " },
		{ AUTO_ONLINE, "online_" },
		{ AUTO_ONLINE, "1" },
		{ AUTO_ONLINE, "\n" },
		{ POLICY, "contig" },
		{ POLICY, "auto-movable2" },
		{ POLICY, "0" },
		{ POLICY_RATIO, "-1" },
		{ POLICY_RATIO, "many" },
		{ POLICY_NUMA_AWARE, "2" },
		{ POLICY_NUMA_AWARE, "maybe" },
	};
	char before[ATTR_LEN], after[ATTR_LEN];
	size_t i;

	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		const char *path = wrong[i][0];
		ssize_t ret;

		ASSERT_EQ(0, attr_read(path, before, sizeof(before)));
		ret = attr_write(path, wrong[i][1], strlen(wrong[i][1]));
		EXPECT_EQ(-EINVAL, ret) {
			TH_LOG("%s: write \"%s\": %s", path, wrong[i][1],
			       errname(ret));
		}
		ASSERT_EQ(0, attr_read(path, after, sizeof(after)));
		EXPECT_STREQ(before, after);
	}
}

/*
 * "contig-zones": a block between two that are in one zone goes to that zone,
 * so that zones do not overlap.
 */
TEST_F(policy, contig_zones_fills_the_gap)
{
	static const char *const types[] = { "online_kernel", "online_movable" };
	struct machine *machine = &self->machine;
	struct host_device dimm;
	struct block_range range;
	size_t i;

	set(_metadata, POLICY, "contig-zones");
	range = plug(_metadata, machine, 3, &dimm);
	for (i = 0; i < ARRAY_LEN(types); i++) {
		write_state(_metadata, range.first, types[i]);
		write_state(_metadata, range.first + 2, types[i]);
		write_state(_metadata, range.first + 1, "online");
		expect_movable(_metadata, range.first + 1, i, types[i]);
		take_offline(_metadata, range.first + 1);
		take_offline(_metadata, range.first + 2);
		take_offline(_metadata, range.first);
	}
	unplug(_metadata, machine, &dimm);
}

/*
 * "auto-movable": a dimm goes to ZONE_MOVABLE if all of it may, by the ratio of
 * movable to early kernel memory: exactly from that ratio on. What a dimm has
 * online in ZONE_MOVABLE is counted once.
 */
TEST_F(policy, auto_movable_ratio)
{
	struct machine *machine = &self->machine;
	struct host_device dimm;
	struct block_range range;
	struct policy_pages pages;
	unsigned int ratio;

	set(_metadata, POLICY, "auto-movable");
	set(_metadata, POLICY_NUMA_AWARE, "N");
	range = plug(_metadata, machine, 2, &dimm);

	ASSERT_EQ(0, policy_pages_read(&pages));
	ratio = policy_ratio(&pages, 2 * machine->blocks->pages);
	if (!policy_pages_early(machine->blocks, &machine->port))
		SKIP(return, "hotplugged memory in a kernel zone");

	ASSERT_EQ(0, policy_ratio_set(0));
	expect_movable(_metadata, range.first, false, "with ratio 0");
	ASSERT_EQ(0, policy_ratio_set(ratio - 1));
	expect_movable(_metadata, range.first, false, "below the ratio");
	ASSERT_EQ(0, policy_ratio_set(ratio));
	expect_movable(_metadata, range.first, true, "at the ratio");

	write_state(_metadata, range.first, "online");
	expect_movable(_metadata, range.first, true, "online at the ratio");
	expect_movable(_metadata, range.first + 1, true, "at the ratio");
	ASSERT_EQ(0, policy_ratio_set(ratio - 1));
	expect_movable(_metadata, range.first + 1, false, "below the ratio");

	write_state(_metadata, range.first + 1, "online");
	expect_movable(_metadata, range.first + 1, false, "online below");
	unplug(_metadata, machine, &dimm);
}

/*
 * "auto-movable": once a block of a dimm is in a kernel zone, the others go
 * there too, whatever the ratio; when it is offline, they do not.
 */
TEST_F(policy, auto_movable_follows_kernel_block)
{
	struct machine *machine = &self->machine;
	struct host_device dimm;
	struct block_range range;

	set(_metadata, POLICY, "auto-movable");
	set(_metadata, POLICY_NUMA_AWARE, "N");
	ASSERT_EQ(0, policy_ratio_set(POLICY_RATIO_HUGE));
	range = plug(_metadata, machine, 2, &dimm);

	expect_movable(_metadata, range.first, true, "with a huge ratio");
	write_state(_metadata, range.first + 1, "online_kernel");
	expect_movable(_metadata, range.first, false, "beside a kernel block");
	write_state(_metadata, range.first, "online");
	expect_movable(_metadata, range.first, false, "online beside it");
	take_offline(_metadata, range.first);
	take_offline(_metadata, range.first + 1);
	expect_movable(_metadata, range.first, true, "when that is offline");
	unplug(_metadata, machine, &dimm);
}

/*
 * "auto-movable": with auto_movable_numa_aware, a node without kernel memory
 * gets no movable memory either; one that has some does.
 */
TEST_F(policy, auto_movable_looks_at_node)
{
	struct machine *machine = &self->machine;
	struct host_device dimm;
	struct block_range range;
	struct memory_node node;

	set(_metadata, POLICY, "auto-movable");
	ASSERT_EQ(0, policy_ratio_set(POLICY_RATIO_HUGE));
	range = plug(_metadata, machine, 1, &dimm);
	set(_metadata, POLICY_NUMA_AWARE, "N");
	expect_movable(_metadata, range.first, true, "on a bare node");
	set(_metadata, POLICY_NUMA_AWARE, "Y");
	expect_movable(_metadata, range.first, false, "on an aware bare node");
	unplug(_metadata, machine, &dimm);

	if (memory_node_find(machine->blocks, false, &node))
		SKIP(return, "no hotplug memory on a node with boot memory");
	machine->node = node.id;
	range = plug(_metadata, machine, 1, &dimm);
	expect_movable(_metadata, range.first, true, "beside boot memory");
	unplug(_metadata, machine, &dimm);
}

int main(int argc, char **argv)
{
	static const char *const attrs[] = {
		AUTO_ONLINE, POLICY, POLICY_RATIO, POLICY_NUMA_AWARE,
	};

	attr_guard_enter(attrs, ARRAY_LEN(attrs));
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
