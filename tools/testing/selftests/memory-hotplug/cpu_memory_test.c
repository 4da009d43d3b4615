// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs that go down and up while memory goes offline and online: through every
 * attribute that sysfs has for the one and for the other.
 */

#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "cpu.h"
#include "cpu_cycle.h"
#include "cpu_hold.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "node_cycle.h"
#include "slow_offline.h"
#include "stall.h"
#include "worker.h"

/* More than any test takes: STALL_MS is what ends one. */
#define TEST_TIMEOUT_S	110

/*
 * Where a write to sysfs waits for device_hotplug_lock. That is called by
 * lock_device_hotplug_sysfs(), which may be inlined. Whoever waits for one of the
 * other locks does not sleep there.
 */
#define WAITS_FOR_DEVICE_HOTPLUG	"msleep"

/* An attribute of a memory block that takes it offline and online. */
enum memory_way {
	MEMORY_STATE,
	MEMORY_ONLINE,
};

static const char *const memory_attr[] = { "state", "online" };
static const char *const memory_value[][2] = {
	{ "offline", "online_movable" },
	{ "0", "1" },
};

/*
 * A candidate block of another node than @not, or NULL. By "online", a block must
 * go to ZONE_MOVABLE on its own. All candidates are offline.
 */
static const struct memory_block *
block_elsewhere(const struct memory_blocks *blocks, enum memory_way way,
		int not)
{
	const struct memory_block *block;
	char zones[ATTR_LEN];

	for (block = blocks->block; block < blocks->block + blocks->nr; block++) {
		if (!block->candidate || block->node == not)
			continue;
		if (way == MEMORY_STATE)
			return block;
		if (!memory_block_read(block->id, "valid_zones", zones,
				       sizeof(zones)) &&
		    !strncmp(zones, ZONE_MOVABLE, strlen(ZONE_MOVABLE)))
			return block;
	}
	return NULL;
}

/* Takes all candidate blocks offline. */
static void all_offline(struct __test_metadata *_metadata,
			const struct memory_blocks *blocks)
{
	size_t i;

	for (i = 0; i < blocks->nr; i++)
		if (blocks->block[i].candidate)
			ASSERT_EQ(0, memory_block_offline(blocks->block[i].id));
}

/* One write to sysfs. */
struct change {
	char path[PATH_LEN];
	const char *value;
};

/* A worker: the write, without any limit of its own. */
static int change(struct progress *progress, void *arg)
{
	const struct change *change = arg;
	int fd, err = 0;

	progress_begin(progress, "%s to %s", change->value, change->path);
	fd = open(change->path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, change->value, strlen(change->value)) < 0)
		err = -errno;
	close(fd);
	progress_step(progress);
	return err;
}

static void change_cpu(struct change *change, const struct cpus *cpus,
		       const struct cpu *cpu, enum cpu_way way, bool up)
{
	cpu_path(cpu, way, change->path, sizeof(change->path));
	change->value = cpu_value(cpus, way, up);
}

static void change_block(struct change *change, unsigned long id,
			 enum memory_way way, bool online)
{
	snprintf(change->path, sizeof(change->path), SYSFS_MEMORY "/memory%lu/%s",
		 id, memory_attr[way]);
	change->value = memory_value[way][online];
}

/*
 * A worker reads every file under a directory, once. What a read says, and
 * whether it may be read at all, is not looked at here: it must end.
 */
static struct progress *reading;

static int read_file(const char *path, const struct stat *st, int type,
		     struct FTW *ftw)
{
	char buf[4096];
	int fd;

	(void)ftw;
	if (type != FTW_F || !(st->st_mode & 0444))
		return 0;
	progress_begin(reading, "%s", path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		if (read(fd, buf, sizeof(buf)) >= 0)
			progress_step(reading);
		close(fd);
	}
	return 0;
}

static int read_tree(struct progress *progress, void *arg)
{
	reading = progress;
	return nftw(arg, read_file, 16, FTW_PHYS) ? -EIO : 0;
}

/* What a test of two at a time has. */
FIXTURE(pair) {
	const struct memory_blocks *blocks;
	const struct cpus *cpus;
	const struct cpu *cpu;
	struct memory_node node;
	struct slow_offline slow;
	struct cpu_hold hold;
	struct worker worker[4];
};

FIXTURE_VARIANT(pair) {
	enum cpu_way cpu;
	enum memory_way memory;
	bool abort;
};

FIXTURE_VARIANT_ADD(pair, cpu_online_memory_state) {
	.cpu = CPU_ONLINE,
	.memory = MEMORY_STATE,
};

FIXTURE_VARIANT_ADD(pair, cpu_online_memory_online) {
	.cpu = CPU_ONLINE,
	.memory = MEMORY_ONLINE,
	.abort = true,
};

FIXTURE_VARIANT_ADD(pair, cpu_target_memory_state) {
	.cpu = CPU_TARGET,
	.memory = MEMORY_STATE,
};

FIXTURE_VARIANT_ADD(pair, cpu_target_memory_online) {
	.cpu = CPU_TARGET,
	.memory = MEMORY_ONLINE,
	.abort = true,
};

FIXTURE_VARIANT_ADD(pair, smt_memory_state) {
	.cpu = CPU_SMT,
	.memory = MEMORY_STATE,
};

FIXTURE_VARIANT_ADD(pair, smt_memory_online) {
	.cpu = CPU_SMT,
	.memory = MEMORY_ONLINE,
	.abort = true,
};

FIXTURE_SETUP(pair)
{
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	self->cpus = cpus_at_start();
	if (!self->cpus)
		SKIP(return, "no CPU can go offline");
	/* A test before this one may not have got to its teardown. */
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	ASSERT_EQ(0U, cpus_restore(self->cpus));

	self->cpu = cpu_way_find(self->cpus, variant->cpu, NULL);
	if (!self->cpu)
		SKIP(return, "no CPU can go offline by %s",
		     cpu_way_name(variant->cpu));
	if (memory_node_find(self->blocks, true, &self->node) &&
	    memory_node_find(self->blocks, false, &self->node))
		SKIP(return, "no block is offline or in ZONE_MOVABLE");
	all_offline(_metadata, self->blocks);
}

FIXTURE_TEARDOWN(pair)
{
	if (!self->cpus)
		return;
	/* In this order: each waits for the one before. */
	EXPECT_EQ(0, cpu_hold_end(&self->hold));
	EXPECT_EQ(0, slow_offline_end(&self->slow));
	EXPECT_EQ(0, workers_kill(self->worker, ARRAY_LEN(self->worker)));
	EXPECT_EQ(0U, cpus_restore(self->cpus));
	EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

/*
 * C6. Whoever writes to one of the attributes waits for an offline to end, at
 * device_hotplug_lock. The stack says that it is there: behind it, a CPU that
 * goes would have to wait for cpu_hotplug_lock, and everybody who needs that
 * lock would have to wait for the CPU.
 *
 * So the waiting is harmless: it can be killed, and what CPUs are like can be
 * read. When the offline is aborted, or comes to an end because the page is not
 * pinned any more, the others get their turn.
 */
TEST_F_TIMEOUT(pair, wait_for_slow_offline, TEST_TIMEOUT_S)
{
	struct worker *w = self->worker;
	const struct memory_block *block;
	struct change cpu, memory;
	char state[ATTR_LEN];
	int i;

	if (!stall_stack_readable())
		SKIP(return, "no /proc/PID/stack: CONFIG_STACKTRACE is not set");
	block = block_elsewhere(self->blocks, variant->memory, self->node.id);
	if (!block)
		SKIP(return, "no block of a second node can go to ZONE_MOVABLE by %s",
		     memory_attr[variant->memory]);
	change_cpu(&cpu, self->cpus, self->cpu, variant->cpu, false);
	change_block(&memory, block->id, variant->memory, true);

	ASSERT_EQ(0, slow_offline_start(&self->slow, self->blocks,
					self->node.id));
	ASSERT_EQ(0, worker_start(&w[0], "CPU going down", change, &cpu));
	ASSERT_EQ(0, worker_start(&w[1], "memory going online", change,
				  &memory));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, stall_wait_in(w[i].pid, WAITS_FOR_DEVICE_HOTPLUG,
					   STALL_MS));

	ASSERT_EQ(0, worker_start(&w[2], "reader", read_tree, SYSFS_CPU));
	ASSERT_EQ(0, workers_join(&w[2], 1));
	EXPECT_LT((unsigned long)self->cpus->nr, worker_steps(&w[2]));

	/* Killed, one of them changes nothing, and leaves nobody behind. */
	ASSERT_EQ(0, worker_start(&w[3], "CPU going down, killed", change,
				  &cpu));
	ASSERT_EQ(0, stall_wait_in(w[3].pid, WAITS_FOR_DEVICE_HOTPLUG,
				   STALL_MS));
	ASSERT_EQ(0, workers_kill(&w[3], 1));

	ASSERT_TRUE(slow_offline_going(&self->slow));
	EXPECT_EQ(1, cpu_up(self->cpu));
	ASSERT_EQ(0, memory_block_read(block->id, "state", state,
				       sizeof(state)));
	EXPECT_STREQ("offline", state);

	if (variant->abort) {
		EXPECT_EQ(EINTR, slow_offline_abort(&self->slow));
	} else {
		slow_offline_unpin(&self->slow);
		EXPECT_EQ(0, slow_offline_wait(&self->slow));
	}
	ASSERT_EQ(0, workers_join(w, 2));
	EXPECT_EQ(0, cpu_up(self->cpu));
	ASSERT_EQ(0, memory_block_read(block->id, "state", state,
				       sizeof(state)));
	EXPECT_STREQ("online", state);
	EXPECT_EQ(0, cpu_set(self->cpus, self->cpu, variant->cpu, true));
	EXPECT_EQ(1, cpu_up(self->cpu));
}

/*
 * C6. The other way round: a CPU is half way down, by each of its attributes, and
 * a memory block has to wait, at device_hotplug_lock. What memory is like can be
 * read.
 */
TEST_F_TIMEOUT(pair, memory_waits_for_slow_cpu, TEST_TIMEOUT_S)
{
	struct worker *w = self->worker;
	const struct memory_block *block;
	struct change memory;
	char state[ATTR_LEN];

	if (access(CPU_HOLD_FILE, W_OK))
		SKIP(return, "no " CPU_HOLD_FILE ": CONFIG_MEMHP_CPU_HOLD is not set");
	if (!stall_stack_readable())
		SKIP(return, "no /proc/PID/stack: CONFIG_STACKTRACE is not set");
	block = block_elsewhere(self->blocks, variant->memory, -1);
	if (!block)
		SKIP(return, "no block can go to ZONE_MOVABLE by %s",
		     memory_attr[variant->memory]);
	change_block(&memory, block->id, variant->memory, true);

	ASSERT_EQ(0, cpu_hold_start(&self->hold, self->cpus, self->cpu,
				    variant->cpu));
	ASSERT_EQ(0, worker_start(&w[0], "memory going online", change,
				  &memory));
	ASSERT_EQ(0, stall_wait_in(w[0].pid, WAITS_FOR_DEVICE_HOTPLUG,
				   STALL_MS));

	ASSERT_EQ(0, worker_start(&w[1], "reader", read_tree, SYSFS_MEMORY));
	ASSERT_EQ(0, workers_join(&w[1], 1));
	EXPECT_LT((unsigned long)self->blocks->nr, worker_steps(&w[1]));

	ASSERT_TRUE(cpu_hold_going(&self->hold));
	ASSERT_EQ(0, memory_block_read(block->id, "state", state,
				       sizeof(state)));
	EXPECT_STREQ("offline", state);

	ASSERT_EQ(0, cpu_hold_release(&self->hold));
	EXPECT_EQ(0, cpu_up(self->cpu));
	ASSERT_EQ(0, workers_join(w, 1));
	ASSERT_EQ(0, memory_block_read(block->id, "state", state,
				       sizeof(state)));
	EXPECT_STREQ("online", state);
	EXPECT_EQ(0, cpu_set(self->cpus, self->cpu, variant->cpu, true));
}

/* A worker: one block goes online and offline. */
struct block_cycle {
	unsigned long id;
	enum memory_way way;
};

static int block_cycle(struct progress *progress, void *arg)
{
	const struct block_cycle *cycle = arg;
	const char *const attr = memory_attr[cycle->way];
	char state[ATTR_LEN], zone[ATTR_LEN];
	int err = 0;

	while (!err && !progress_stop(progress)) {
		progress_begin(progress, "memory%lu: online by %s", cycle->id,
			       attr);
		err = memory_block_write(cycle->id, attr,
					 memory_value[cycle->way][true]);
		if (!err)
			err = memory_block_read(cycle->id, "valid_zones", zone,
						sizeof(zone));
		if (!err && strcmp(zone, ZONE_MOVABLE))
			err = -EBADMSG;
		if (err)
			break;
		progress_step(progress);
		give_way();

		progress_begin(progress, "memory%lu: offline by %s", cycle->id,
			       attr);
		err = memory_block_write(cycle->id, attr,
					 memory_value[cycle->way][false]);
		if (!err)
			err = memory_block_read(cycle->id, "state", state,
						sizeof(state));
		if (!err && strcmp(state, "offline"))
			err = -EBADMSG;
		if (err)
			break;
		progress_step(progress);
		give_way();
		progress_round(progress);
	}
	return err;
}

/*
 * C4, C6, C7. Two blocks of different nodes and two CPUs, or one CPU and all
 * that SMT control takes, each in a task of its own: nobody is stuck, nothing
 * fails, everything is as it was told to be.
 */
TEST_F_TIMEOUT(pair, race, TEST_TIMEOUT_S)
{
	struct cpu_cycle cpu[2] = {
		{ .cpus = self->cpus, .way = variant->cpu, .cpu = self->cpu },
		{ .cpus = self->cpus, .way = variant->cpu },
	};
	struct block_cycle memory[2] = {
		{ .way = variant->memory },
		{ .way = variant->memory },
	};
	const struct memory_block *first, *second;
	struct worker *w = self->worker;
	size_t i;

	first = block_elsewhere(self->blocks, variant->memory, -1);
	if (!first)
		SKIP(return, "no block can go to ZONE_MOVABLE by %s",
		     memory_attr[variant->memory]);
	second = block_elsewhere(self->blocks, variant->memory, first->node);
	cpu[1].cpu = cpu_way_find(self->cpus, variant->cpu, self->cpu);

	memory[0].id = first->id;
	ASSERT_EQ(0, worker_start(&w[0], "first block", block_cycle,
				  &memory[0]));
	ASSERT_EQ(0, worker_start(&w[1], "first CPU", cpu_cycle_on, &cpu[0]));
	if (second) {
		memory[1].id = second->id;
		ASSERT_EQ(0, worker_start(&w[2], "second block", block_cycle,
					  &memory[1]));
	}
	if (cpu[1].cpu)
		ASSERT_EQ(0, worker_start(&w[3], "second CPU", cpu_cycle_on,
					  &cpu[1]));
	for (i = 0; i < ARRAY_LEN(self->worker); i++)
		w[i].target = 2;
	ASSERT_EQ(0, workers_wait(w, ARRAY_LEN(self->worker)));
	ASSERT_EQ(0, workers_stop(w, ARRAY_LEN(self->worker)));
	EXPECT_EQ(1, cpu_up(self->cpu));
}

FIXTURE(cpu) {
	const struct memory_blocks *blocks;
	const struct cpus *cpus;
};

FIXTURE_SETUP(cpu)
{
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	self->cpus = cpus_at_start();
	if (!self->cpus)
		SKIP(return, "no CPU can go offline");
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	ASSERT_EQ(0U, cpus_restore(self->cpus));
}

FIXTURE_TEARDOWN(cpu)
{
	if (!self->cpus)
		return;
	EXPECT_EQ(0U, cpus_restore(self->cpus));
	EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

/*
 * C7. What is no valid value for an attribute gives EINVAL and changes nothing;
 * to say again what is the case already is no error.
 */
TEST_F_TIMEOUT(cpu, attributes_refuse_garbage, TEST_TIMEOUT_S)
{
	static const char *const garbage[][4] = {
		[CPU_ONLINE] = { "2", "maybe", "-1", " " },
		[CPU_TARGET] = { "-1", "100000", "online", "0x" },
		[CPU_SMT] = { "maybe", "-1", "0", "offf" },
	};
	const struct cpu *cpu;
	char path[PATH_LEN];
	enum cpu_way way;
	ssize_t ret;
	size_t i;

	for (way = CPU_ONLINE; way <= CPU_SMT; way++) {
		cpu = cpu_way_find(self->cpus, way, NULL);
		if (!cpu)
			continue;
		cpu_path(cpu, way, path, sizeof(path));
		for (i = 0; i < ARRAY_LEN(garbage[way]); i++) {
			ret = attr_write(path, garbage[way][i],
					 strlen(garbage[way][i]));
			EXPECT_EQ(-EINVAL, ret) {
				TH_LOG("\"%s\" to %s", garbage[way][i], path);
			}
			EXPECT_EQ(1, cpu_up(cpu));
		}
		EXPECT_EQ(0, cpu_set(self->cpus, cpu, way, true));
		EXPECT_EQ(1, cpu_up(cpu));
		for (i = 0; i < 2; i++) {
			EXPECT_EQ(0, cpu_set(self->cpus, cpu, way, false));
			EXPECT_EQ(0, cpu_up(cpu));
			/* "target" does not change what "online" says. */
			EXPECT_EQ(way == CPU_TARGET, cpu_marked_up(cpu)) {
				TH_LOG("\"online\" of cpu%d, down by %s",
				       cpu->id, cpu_way_name(way));
			}
		}
		EXPECT_EQ(0, cpu_set(self->cpus, cpu, way, true));
		EXPECT_EQ(1, cpu_up(cpu));
	}
}

/* C7. A CPU must not stop where it is neither up nor down. */
TEST_F_TIMEOUT(cpu, target_refuses_a_step_between, TEST_TIMEOUT_S)
{
	const struct cpu *cpu = cpu_way_find(self->cpus, CPU_TARGET, NULL);
	char path[PATH_LEN], step[ATTR_LEN];

	if (!cpu || cpu_step("cpu:teardown", step, sizeof(step)))
		SKIP(return, "no CPU with hotplug/target, or no cpu:teardown");
	cpu_path(cpu, CPU_TARGET, path, sizeof(path));
	EXPECT_EQ(-EINVAL, attr_write(path, step, strlen(step))) {
		TH_LOG("cpu%d may stop at cpu:teardown", cpu->id);
	}
	EXPECT_EQ(1, cpu_up(cpu));
	EXPECT_EQ(0, cpu_set(self->cpus, cpu, CPU_TARGET, true));
}

/* C7. What SMT control took down, no other attribute brings up. */
TEST_F_TIMEOUT(cpu, smt_off_keeps_siblings_down, TEST_TIMEOUT_S)
{
	const struct cpu *cpu = cpu_way_find(self->cpus, CPU_SMT, NULL);
	enum cpu_way way;
	int err;

	if (!cpu)
		SKIP(return, "no CPU can go offline by %s",
		     cpu_way_name(CPU_SMT));
	ASSERT_EQ(0, cpu_set(self->cpus, cpu, CPU_SMT, false));
	for (way = CPU_ONLINE; way <= CPU_TARGET; way++) {
		if (way == CPU_TARGET && !self->cpus->top[0])
			continue;
		err = cpu_set(self->cpus, cpu, way, true);
		EXPECT_EQ(-EPERM, err) {
			TH_LOG("cpu%d up by %s: %s", cpu->id,
			       cpu_way_name(way), errname(err));
		}
		EXPECT_EQ(0, cpu_up(cpu));
	}
	EXPECT_EQ(0, cpu_set(self->cpus, cpu, CPU_SMT, true));
	EXPECT_EQ(1, cpu_up(cpu));
}

/* Whether a kernel thread exists. */
static bool thread_exists(const char *name)
{
	char path[PATH_LEN], comm[ATTR_LEN];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	dir = opendir("/proc");
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		if (!isdigit(entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
		found = !attr_read(path, comm, sizeof(comm)) &&
			!strcmp(comm, name);
	}
	closedir(dir);
	return found;
}

static void expect_threads(struct __test_metadata *_metadata, int node)
{
	static const char *const threads[] = { "kswapd", "kcompactd" };
	char name[32];
	size_t i;

	for (i = 0; i < ARRAY_LEN(threads); i++) {
		snprintf(name, sizeof(name), "%s%d", threads[i], node);
		EXPECT_TRUE(thread_exists(name)) {
			TH_LOG("no %s", name);
		}
	}
}

/* Whether all CPUs of a node may go, and there are any. */
static bool cpus_may_go(const struct cpus *cpus, int node)
{
	bool any = false;
	size_t i;

	for (i = 0; i < cpus->nr; i++) {
		if (!cpus->cpu[i].up || cpus->cpu[i].node != node)
			continue;
		if (!cpus->cpu[i].may_go)
			return false;
		any = true;
	}
	return any;
}

static void set_cpus(struct __test_metadata *_metadata, const struct cpus *cpus,
		     int node, bool up)
{
	size_t i;

	for (i = 0; i < cpus->nr; i++)
		if (cpus->cpu[i].up && cpus->cpu[i].node == node)
			ASSERT_EQ(0, cpu_set(cpus, &cpus->cpu[i], CPU_ONLINE,
					     up));
}

/*
 * C7. A node's memory comes and goes while none of its CPUs is up, and its CPUs
 * come back in the middle of that. The node is known to have memory and CPUs
 * when it has, and keeps its threads.
 */
TEST_F_TIMEOUT(cpu, node_without_its_cpus, TEST_TIMEOUT_S)
{
	const struct memory_block *block = self->blocks->block;
	const struct memory_block *end = block + self->blocks->nr;
	unsigned long with, without, now;
	unsigned long id = 0;
	int i, node, err;

	while (block < end && !(block->candidate &&
				cpus_may_go(self->cpus, block->node)))
		block++;
	if (block == end)
		SKIP(return, "no node has candidate blocks, and CPUs that can all go offline");
	node = block->node;

	ASSERT_EQ(0, memory_node_offline(self->blocks, node, &id));
	ASSERT_EQ(0, memory_node_total(node, &without));
	ASSERT_EQ(1, memory_node_listed("has_cpu", node));

	set_cpus(_metadata, self->cpus, node, false);
	EXPECT_EQ(0, memory_node_listed("has_cpu", node));
	for (i = 0; i < 2; i++) {
		err = memory_block_write(block->id, "state", "online_movable");
		ASSERT_EQ(0, err) {
			TH_LOG("memory%lu: online_movable: %s", block->id,
			       errname(err));
		}
		ASSERT_EQ(0, memory_node_total(node, &with));
		EXPECT_LT(without, with);
		EXPECT_EQ(1, memory_node_listed("has_memory", node));
		expect_threads(_metadata, node);

		/* With the CPUs still down, then with them up. */
		if (i)
			set_cpus(_metadata, self->cpus, node, true);
		EXPECT_EQ(i, memory_node_listed("has_cpu", node));
		ASSERT_EQ(0, memory_node_total(node, &now));
		EXPECT_EQ(with, now);

		err = memory_block_offline(block->id);
		ASSERT_EQ(0, err) {
			TH_LOG("memory%lu: offline: %s", block->id,
			       errname(err));
		}
		ASSERT_EQ(0, memory_node_total(node, &now));
		EXPECT_EQ(without, now);
		/* The last of its memory takes the threads with it. */
		if (without)
			expect_threads(_metadata, node);
	}
	EXPECT_EQ(1, memory_node_listed("has_cpu", node));
}

/*
 * A process that guards CPUs takes one down and is killed. The guardian brings it
 * up, by whichever attribute it went down, and also when it was half way down.
 */
static void die_with_cpu_down(const struct memory_blocks *blocks,
			      const struct cpus *cpus, enum cpu_way way,
			      bool half_way, int report)
{
	const struct cpu *cpu = cpu_way_find(cpus, way, NULL);
	struct memory_guard guard;
	struct cpu_hold hold;

	if (memory_guard_start(&guard, blocks) ||
	    write(report, &guard.pid, sizeof(guard.pid)) < 0)
		_exit(KSFT_FAIL);
	if (half_way ? cpu_hold_start(&hold, cpus, cpu, way) :
		       cpu_set(cpus, cpu, way, false))
		_exit(KSFT_FAIL);
	if (cpu_up(cpu) == half_way)
		kill(getpid(), SIGKILL);
	_exit(KSFT_FAIL);
}

TEST_F_TIMEOUT(cpu, killed_with_cpu_down, TEST_TIMEOUT_S)
{
	const bool can_hold = !access(CPU_HOLD_FILE, W_OK);
	char path[PATH_LEN], text[ATTR_LEN];
	const struct cpu *cpu;
	pid_t child, guardian;
	int fds[2], status, i;
	enum cpu_way way;

	/* The guardian's status comes here when its parent is dead. */
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));

	for (i = 0; i < 2 * (CPU_SMT + 1); i++) {
		way = i / 2;
		cpu = cpu_way_find(self->cpus, way, NULL);
		if (!cpu || (i % 2 && !can_hold))
			continue;
		ASSERT_EQ(0, pipe(fds));
		child = fork();
		ASSERT_LE(0, child);
		if (!child)
			die_with_cpu_down(self->blocks, self->cpus, way, i % 2,
					  fds[1]);
		close(fds[1]);
		ASSERT_EQ((ssize_t)sizeof(guardian),
			  read(fds[0], &guardian, sizeof(guardian)));
		close(fds[0]);

		ASSERT_EQ(0, wait_child(child, &status, WRITE_TIMEOUT_MS));
		ASSERT_TRUE(WIFSIGNALED(status)) {
			TH_LOG("cpu%d is not down by %s", cpu->id,
			       cpu_way_name(way));
		}
		ASSERT_EQ(0, wait_child(guardian, &status, RESTORE_TIMEOUT_MS));
		EXPECT_EQ(0, status);

		EXPECT_EQ(1, cpu_up(cpu)) {
			TH_LOG("cpu%d is down, by %s", cpu->id,
			       cpu_way_name(way));
		}
		cpu_path(cpu, CPU_ONLINE, path, sizeof(path));
		ASSERT_EQ(0, attr_read(path, text, sizeof(text)));
		EXPECT_STREQ("1", text);
	}
}

int main(int argc, char **argv)
{
	cpu_guard();
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
