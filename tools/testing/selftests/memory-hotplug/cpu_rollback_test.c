// SPDX-License-Identifier: GPL-2.0
/*
 * When a CPU cannot go down or come up, because a step on the way fails, it is
 * where it was before, and memory management as well.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "memory_snapshot.h"

#define SYSFS_CPU	"/sys/devices/system/cpu"

#define TEST_TIMEOUT_S	60

/* The first step of all on the way down, and the last one on the way up. */
#define FIRST_DOWN	"sched:active"

#define MAX_CPUS	1024
#define MAX_STATES	256

/* A node with more CPUs than these does not lose all of them. */
#define MAX_NODE_CPUS	8

/* The CPUs that were up when the program started. */
static bool up_at_start[MAX_CPUS];

static int read_list(const char *path, bool *listed)
{
	char list[4096], *pos = list;
	long first, last;
	int err;

	memset(listed, 0, MAX_CPUS * sizeof(*listed));
	err = attr_read(path, list, sizeof(list));
	while (!err && *pos) {
		first = strtol(pos, &pos, 10);
		last = first;
		if (*pos == '-')
			last = strtol(pos + 1, &pos, 10);
		for (; first <= last && first < MAX_CPUS; first++)
			listed[first] = true;
		pos += *pos == ',';
	}
	return err;
}

static int cpu_read(int cpu, const char *attr, char *buf, size_t size)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), SYSFS_CPU "/cpu%d/%s", cpu, attr);
	return attr_read(path, buf, size);
}

static int cpu_write(int cpu, const char *attr, const char *value)
{
	char path[PATH_LEN];
	ssize_t ret;

	snprintf(path, sizeof(path), SYSFS_CPU "/cpu%d/%s", cpu, attr);
	ret = attr_write(path, value, strlen(value));
	return ret < 0 ? ret : 0;
}

/* For the guardian too: brings up what was up, with nothing that fails. */
static unsigned int restore_cpus(void)
{
	unsigned int failed = 0;
	char online[ATTR_LEN];
	int cpu;

	for (cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (!up_at_start[cpu] ||
		    cpu_read(cpu, "online", online, sizeof(online)))
			continue;
		cpu_write(cpu, "hotplug/fail", "-1");
		if (!strcmp(online, "1") || !cpu_write(cpu, "online", "1"))
			continue;
		fprintf(stderr, "# cpu%d is not up again\n", cpu);
		failed++;
	}
	return failed;
}

/* A step on the way of a CPU. */
struct state {
	int nr;
	char name[64];
};

/* The CPU, the states that there are, and an offline memory block. */
struct ground {
	const struct memory_blocks *blocks;
	struct state state[MAX_STATES];
	size_t nr_states;
	int cpu;
	char top[ATTR_LEN];
	unsigned long block;
	bool have_block;
};

FIXTURE(cpu) {
	struct ground ground;
};

static int read_states(struct state *state, size_t *nr)
{
	char line[ATTR_LEN];
	FILE *file;

	file = fopen(SYSFS_CPU "/hotplug/states", "re");
	if (!file)
		return -errno;
	*nr = 0;
	while (*nr < MAX_STATES && fgets(line, sizeof(line), file))
		if (sscanf(line, "%d: %63[^\n]", &state[*nr].nr,
			   state[*nr].name) == 2)
			++*nr;
	fclose(file);
	return *nr ? 0 : -ENOENT;
}

/* The last CPU that can go down; not the first one, which many rely on. */
static int pick_cpu(void)
{
	char fail[ATTR_LEN];
	int cpu;

	for (cpu = MAX_CPUS - 1; cpu > 0; cpu--)
		if (up_at_start[cpu] &&
		    !cpu_read(cpu, "online", fail, sizeof(fail)) &&
		    !cpu_read(cpu, "hotplug/fail", fail, sizeof(fail)))
			return cpu;
	return -1;
}

/*
 * Takes the other CPUs of the node down, so that with the last one the node gets
 * or loses its CPUs.
 */
static void take_siblings_down(struct __test_metadata *_metadata, int cpu)
{
	bool siblings[MAX_CPUS];
	char path[PATH_LEN];
	int node, other, nr = 0;

	for (node = 0; node < MAX_CPUS; node++) {
		snprintf(path, sizeof(path), SYSFS_CPU "/cpu%d/node%d", cpu,
			 node);
		if (!access(path, F_OK))
			break;
	}
	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/cpulist", node);
	if (read_list(path, siblings) || siblings[0])
		return;
	for (other = 0; other < MAX_CPUS; other++)
		nr += siblings[other];
	if (nr > MAX_NODE_CPUS)
		return;
	for (other = 0; other < MAX_CPUS; other++)
		if (siblings[other] && other != cpu)
			ASSERT_EQ(0, cpu_write(other, "online", "0"));
}

FIXTURE_SETUP(cpu)
{
	struct ground *ground = &self->ground;
	const char *reason;
	size_t i;

	ground->blocks = memory_blocks_at_start(&reason);
	if (!ground->blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, restore_cpus());

	ground->cpu = pick_cpu();
	if (ground->cpu < 0 || read_states(ground->state, &ground->nr_states))
		SKIP(return, "no CPU with hotplug/fail: no CONFIG_CPU_HOTPLUG_STATE_CONTROL");
	ASSERT_EQ(0, cpu_read(ground->cpu, "hotplug/state", ground->top,
			      sizeof(ground->top)));
	for (i = 0; i < ground->blocks->nr && !ground->have_block; i++) {
		ground->block = ground->blocks->block[i].id;
		ground->have_block = !ground->blocks->block[i].online;
	}
	take_siblings_down(_metadata, ground->cpu);
}

FIXTURE_TEARDOWN(cpu)
{
	if (self->ground.blocks)
		EXPECT_EQ(0U, restore_cpus());
}

static void expect_attr(struct __test_metadata *_metadata, int cpu,
			const char *attr, const char *expected, int state)
{
	char value[ATTR_LEN];

	ASSERT_EQ(0, cpu_read(cpu, attr, value, sizeof(value)));
	EXPECT_STREQ(expected, value) {
		TH_LOG("cpu%d, failed at state %d: %s is %s, not %s", cpu,
		       state, attr, value, expected);
	}
}

/* Where a CPU is, and whether an error is still to come. */
static void expect_cpu(struct __test_metadata *_metadata, int cpu, bool up,
		       const char *top, int fail, int state)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", fail);
	expect_attr(_metadata, cpu, "online", up ? "1" : "0", state);
	expect_attr(_metadata, cpu, "hotplug/state", up ? top : "0", state);
	expect_attr(_metadata, cpu, "hotplug/target", up ? top : "0", state);
	expect_attr(_metadata, cpu, "hotplug/fail", text, state);
}

static void expect_same(struct __test_metadata *_metadata,
			const struct memory_snapshot *before, int state)
{
	char text[2048];

	EXPECT_EQ(0, memory_snapshot_differs(before, 0, text, sizeof(text))) {
		TH_LOG("failed at state %d: %s", state, text);
	}
}

static void set_online(struct __test_metadata *_metadata, int cpu, bool up,
		       int state)
{
	const int err = cpu_write(cpu, "online", up ? "1" : "0");

	ASSERT_EQ(0, err) {
		TH_LOG("cpu%d, failed at state %d before: goes %s: %s", cpu,
		       state, up ? "up" : "down", errname(err));
	}
}

static void cycle_once(struct __test_metadata *_metadata, unsigned long id)
{
	int err;

	err = memory_block_write(id, "state", "online_movable");
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: online_movable: %s", id, errname(err));
	}
	err = memory_block_offline(id);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: offline: %s", id, errname(err));
	}
}

/*
 * A memory block goes online and offline, on whatever the CPUs left behind. The
 * first time, zonelists follow the CPUs that have come or gone.
 */
static void cycle_memory(struct __test_metadata *_metadata,
			 const struct ground *ground)
{
	struct memory_snapshot before;
	char text[2048];

	if (!ground->have_block)
		return;
	cycle_once(_metadata, ground->block);
	ASSERT_EQ(0, memory_snapshot_take(&before, 0));
	cycle_once(_metadata, ground->block);
	EXPECT_EQ(0, memory_snapshot_differs(&before, 0, text, sizeof(text))) {
		TH_LOG("memory%lu online and offline: %s", ground->block, text);
	}
	memory_snapshot_free(&before);
}

/*
 * Has a CPU fail at each state that it passes, and take the same way again
 * without a failure. A state may have something to do in one direction only:
 * then the failure does not happen.
 */
static void fail_at_each(struct __test_metadata *_metadata,
			 const struct ground *ground, bool up)
{
	struct memory_snapshot before;
	unsigned int failed = 0;
	bool first = false;
	char text[16];
	size_t i;
	int err;

	ASSERT_EQ(0, memory_snapshot_take(&before, 0));
	for (i = 0; i < ground->nr_states; i++) {
		const int state = ground->state[i].nr;

		snprintf(text, sizeof(text), "%d", state);
		err = cpu_write(ground->cpu, "hotplug/fail", text);
		if (err == -EINVAL)
			continue;
		ASSERT_EQ(0, err);

		err = cpu_write(ground->cpu, "online", up ? "1" : "0");
		if (!err) {
			expect_cpu(_metadata, ground->cpu, up, ground->top, state,
				   state);
			ASSERT_EQ(0, cpu_write(ground->cpu, "hotplug/fail", "-1"));
			set_online(_metadata, ground->cpu, !up, state);
			continue;
		}
		failed++;
		first |= !strcmp(ground->state[i].name, FIRST_DOWN);
		EXPECT_EQ(-EAGAIN, err) {
			TH_LOG("cpu%d fails at state %d: %s", ground->cpu, state,
			       errname(err));
		}
		expect_cpu(_metadata, ground->cpu, !up, ground->top, -1, state);
		expect_same(_metadata, &before, state);
	}
	EXPECT_TRUE(first) {
		TH_LOG("state %s does not fail", FIRST_DOWN);
	}
	TH_LOG("cpu%d failed to go %s at %u of %zu states", ground->cpu,
	       up ? "up" : "down", failed, ground->nr_states);
	memory_snapshot_free(&before);

	cycle_memory(_metadata, ground);
	set_online(_metadata, ground->cpu, up, -1);
	expect_cpu(_metadata, ground->cpu, up, ground->top, -1, -1);
	cycle_memory(_metadata, ground);
}

/*
 * A CPU that fails to go down, at whichever step, is up, and so is its node in
 * the mask of nodes with CPUs.
 */
TEST_F_TIMEOUT(cpu, down_fails_at_each_state, TEST_TIMEOUT_S)
{
	fail_at_each(_metadata, &self->ground, false);
}

/* A CPU that fails to come up is down as if nobody had tried. */
TEST_F_TIMEOUT(cpu, up_fails_at_each_state, TEST_TIMEOUT_S)
{
	set_online(_metadata, self->ground.cpu, false, -1);
	fail_at_each(_metadata, &self->ground, true);
}

int main(int argc, char **argv)
{
	read_list(SYSFS_CPU "/online", up_at_start);
	memory_guard_also(restore_cpus);
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
