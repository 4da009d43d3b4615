// SPDX-License-Identifier: GPL-2.0
/*
 * Slab caches while memory and CPUs come and go: what their objects keep from
 * going, what they are told about nodes and CPUs, and which locks their
 * creation, destruction and shrinking need.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "cpu.h"
#include "cpu_cycle.h"
#include "cpu_hold.h"
#include "expected_failure.h"
#include "kernel_version.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "slab_cache.h"
#include "slab_files.h"
#include "slow_offline.h"
#include "stall.h"
#include "worker.h"

/* More than any test takes: STALL_MS is what ends one. */
#define TEST_TIMEOUT_S	110

/* Some slabs full of them. */
#define OBJECTS		100

/* How often a node gets memory while caches are created, and how many stay. */
#define LATE_ROUNDS	3
#define MAX_LATE	60

/* How often two caches are shrunk at the same time. */
#define SHRINKS		100

/* Of a kernel that anybody has. */
#define MAX_CPUS	8192

/* How long an offline may find nothing but pages that cannot be migrated. */
#define BUSY_MS		1000

static const char *no_cache(void)
{
	if (access(SLAB_CACHE_FILE, W_OK))
		return "no " SLAB_CACHE_FILE ": CONFIG_MEMHP_CACHE is not set";
	if (access(SYSFS_SLAB "/kmalloc-1k/total_objects", R_OK))
		return "no total_objects: CONFIG_SLUB_DEBUG is not set";
	return NULL;
}

/*
 * A node that has nothing but candidate blocks, and no CPUs: kernel memory that
 * was put online there goes offline again. All of its blocks are offline.
 */
FIXTURE(objects) {
	const struct memory_blocks *blocks;
	const struct cpus *cpus;
	struct memory_node node;
	struct slab_cache cache;
	struct slab_cache late[MAX_LATE];
	struct worker worker;
	unsigned long id;
};

FIXTURE_SETUP(objects)
{
	const struct memory_block *block;
	const char *reason;
	unsigned long id;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	reason = no_cache();
	if (reason)
		SKIP(return, "%s", reason);
	/* A test before this one may not have got to its teardown. */
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	self->cpus = cpus_at_start();
	if (self->cpus)
		ASSERT_EQ(0U, cpus_restore(self->cpus));

	if (memory_node_find(self->blocks, true, &self->node) ||
	    self->node.cpus)
		SKIP(return, "no node with neither boot memory nor CPUs has a candidate block");
	ASSERT_EQ(0, memory_node_offline(self->blocks, self->node.id, &id));
	block = self->blocks->block;
	while (!block->candidate || block->node != self->node.id)
		block++;
	self->id = block->id;
	ASSERT_EQ(0, slab_cache_open(&self->cache));
}

FIXTURE_TEARDOWN(objects)
{
	size_t i;

	EXPECT_EQ(0, workers_kill(&self->worker, 1));
	for (i = 0; i < MAX_LATE; i++)
		slab_cache_close(&self->late[i]);
	slab_cache_close(&self->cache);
	if (self->cpus)
		EXPECT_EQ(0U, cpus_restore(self->cpus));
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

static void to_kernel_zone(struct __test_metadata *_metadata, unsigned long id)
{
	int err = memory_block_write(id, "state", "online_kernel");

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: online_kernel: %s", id, errname(err));
	}
}

static void expect_offline_works(struct __test_metadata *_metadata,
				 unsigned long id)
{
	int err = memory_block_offline(id);

	EXPECT_EQ(0, err) {
		TH_LOG("memory%lu: offline: %s", id, errname(err));
	}
}

/* All of @nr new objects are on the node. */
static void alloc_on_node(struct __test_metadata *_metadata,
			  const struct slab_cache *cache, int node,
			  unsigned int nr)
{
	struct slab_count before, after;

	ASSERT_EQ(0, slab_cache_objects(cache, node, &before));
	ASSERT_EQ(0, slab_cache_do(cache, "alloc %d %u", node, nr));
	ASSERT_EQ(0, slab_cache_objects(cache, node, &after));
	ASSERT_EQ(before.on_node + nr, after.on_node) {
		TH_LOG("%lu of %u objects are on node %d, %lu elsewhere",
		       after.on_node - before.on_node, nr, node,
		       after.total - after.on_node);
	}
}

/* Objects on every other node that the kernel has memory on, if it has enough. */
static void alloc_elsewhere(struct __test_metadata *_metadata,
			    const struct slab_cache *cache,
			    const struct memory_blocks *blocks, int not)
{
	int node, last = not;
	size_t i;

	for (i = 0; i < blocks->nr; i++) {
		node = blocks->block[i].node;
		if (node == not || node == last ||
		    memory_node_listed("has_normal_memory", node) != 1)
			continue;
		last = node;
		ASSERT_EQ(0, slab_cache_do(cache, "alloc %d %d", node,
					   OBJECTS));
	}
}

/*
 * C2. Objects keep their memory from going offline: EBUSY, at once, and
 * everything is as it was. The pages can be allocated again, those that exist
 * are where they were. So does a cache that was created when the memory was
 * there: what it keeps about the node is on the node. When the cache is gone,
 * the memory goes.
 */
TEST_F_TIMEOUT(objects, keep_memory_online, TEST_TIMEOUT_S)
{
	const int node = self->node.id;
	char state[ATTR_LEN], zone[ATTR_LEN], now[ATTR_LEN];
	unsigned long total, kib;
	int i;

	to_kernel_zone(_metadata, self->id);
	ASSERT_EQ(0, memory_block_read(self->id, "valid_zones", zone,
				       sizeof(zone)));
	ASSERT_EQ(0, memory_node_total(node, &total));
	ASSERT_EQ(0, slab_cache_create(&self->cache, false));

	for (i = 1; i <= 2; i++) {
		/* Nothing was left isolated by the attempt before. */
		alloc_on_node(_metadata, &self->cache, node, OBJECTS);
		alloc_elsewhere(_metadata, &self->cache, self->blocks, node);
		EXPECT_EQ(0, slab_cache_reconcile(&self->cache, node));

		EXPECT_EQ(-EBUSY, memory_block_write(self->id, "state",
						     "offline"));
		ASSERT_EQ(0, memory_block_read(self->id, "state", state,
					       sizeof(state)));
		EXPECT_STREQ("online", state);
		ASSERT_EQ(0, memory_block_read(self->id, "valid_zones", now,
					       sizeof(now)));
		EXPECT_STREQ(zone, now);
		ASSERT_EQ(0, memory_node_total(node, &kib));
		EXPECT_EQ(total, kib);
		EXPECT_EQ(1, memory_node_listed("has_normal_memory", node));
		EXPECT_EQ(0, slab_cache_reconcile(&self->cache, node));
	}

	ASSERT_EQ(0, slab_cache_do(&self->cache, "free %d", node));
	EXPECT_EQ(0, slab_cache_reconcile(&self->cache, node));
	EXPECT_EQ(-EBUSY, memory_block_write(self->id, "state", "offline"));
	ASSERT_EQ(0, slab_cache_do(&self->cache, "free -1"));
	ASSERT_EQ(0, slab_cache_do(&self->cache, "destroy"));
	expect_offline_works(_metadata, self->id);
	EXPECT_EQ(0, memory_node_listed("has_normal_memory", node));
}

/*
 * C2. A full slab alone keeps its memory online as well. Linux 6.12 takes one
 * that once was on its node's list of partial slabs for a movable page, since
 * what its list entry was poisoned with looks like a flag there. It tries to
 * migrate it until a signal comes.
 */
TEST_F(objects, full_slab_keeps_memory_online)
{
	struct slab_count count, slots;
	cpu_set_t here;
	int err;

	/* All from one slab. */
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(here), &here));

	/* Before the node has memory, so that nothing else of it is there. */
	ASSERT_EQ(0, slab_cache_create(&self->cache, false));
	ASSERT_EQ(0, slab_cache_read(&self->cache, "objs_per_slab",
				     self->node.id, &count));
	ASSERT_LT(1UL, count.total);

	to_kernel_zone(_metadata, self->id);
	ASSERT_EQ(0, slab_cache_do(&self->cache, "alloc %d 1", self->node.id));
	ASSERT_EQ(0, slab_cache_write(&self->cache, "shrink", "1"));
	/* What is free in the slab counts as well. */
	ASSERT_EQ(0, slab_cache_read(&self->cache, "total_objects",
				     self->node.id, &slots));
	ASSERT_LT(1UL, slots.on_node);
	ASSERT_EQ(0, slab_cache_do(&self->cache, "alloc %d %lu", self->node.id,
				   count.total - 1));

	err = memory_block_try_offline(self->id, BUSY_MS);
	ASSERT_EQ(0, slab_cache_do(&self->cache, "free -1"));
	ASSERT_EQ(0, slab_cache_do(&self->cache, "destroy"));
	expect_offline_works(_metadata, self->id);
	if (err == -ETIMEDOUT)
		EXPECTED_FAILURE(return, "the offline does not end");
	EXPECT_EQ(-EBUSY, err) {
		TH_LOG("memory%lu: offline: %s", self->id, errname(err));
	}
}

/*
 * C2. A cache can use a node that comes after it, that comes back, and that was
 * there before it. A node without a kernel zone gives it nothing, and what is
 * asked for there comes from elsewhere.
 */
TEST_F_TIMEOUT(objects, go_where_they_belong, TEST_TIMEOUT_S)
{
	const int node = self->node.id;
	struct slab_count count;
	struct slab_cache late = {};
	int i, err;

	ASSERT_EQ(0, slab_cache_create(&self->cache, false));
	for (i = 0; i < 2; i++) {
		to_kernel_zone(_metadata, self->id);
		alloc_on_node(_metadata, &self->cache, node, OBJECTS);
		EXPECT_EQ(0, slab_cache_reconcile(&self->cache, node));
		if (!i) {
			ASSERT_EQ(0, slab_cache_open(&late));
			ASSERT_EQ(0, slab_cache_create(&late, false));
			alloc_on_node(_metadata, &late, node, OBJECTS);
			EXPECT_EQ(0, slab_cache_reconcile(&late, node));
			slab_cache_close(&late);
		}
		ASSERT_EQ(0, slab_cache_do(&self->cache, "free %d", node));
		expect_offline_works(_metadata, self->id);

		/* Not there, and then there for user space only. */
		ASSERT_EQ(0, slab_cache_do(&self->cache, "alloc %d %d", node,
					   OBJECTS));
		err = memory_block_write(self->id, "state", "online_movable");
		ASSERT_EQ(0, err) {
			TH_LOG("memory%lu: online_movable: %s", self->id,
			       errname(err));
		}
		ASSERT_EQ(0, slab_cache_do(&self->cache, "alloc %d %d", node,
					   OBJECTS));
		ASSERT_EQ(0, slab_cache_objects(&self->cache, node, &count));
		EXPECT_EQ(0UL, count.on_node);
		EXPECT_EQ(2UL * OBJECTS * (i + 1), count.total);
		EXPECT_EQ(0, slab_cache_reconcile(&self->cache, node));
		expect_offline_works(_metadata, self->id);
	}
}

/* A worker: a round for each cache that is created. The oldest ones go. */
static int create_on(struct progress *progress, void *arg)
{
	const struct slab_cache *cache, *late = arg;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && !progress_stop(progress); i++) {
		cache = &late[i % MAX_LATE];
		progress_begin(progress, "create %s", cache->name);
		if (i >= MAX_LATE)
			err = slab_cache_do(cache, "destroy");
		if (!err)
			err = slab_cache_create(cache, false);
		if (!err) {
			progress_step(progress);
			progress_round(progress);
		}
	}
	return err;
}

/*
 * C2. So can caches that are created at the very moment when the node gets its
 * memory: either they are there already when slab prepares all caches for the
 * node, or they find the node there. Slab says what they have on it.
 */
TEST_F_TIMEOUT(objects, of_caches_that_come_with_the_node, TEST_TIMEOUT_S)
{
	const int node = self->node.id;
	struct slab_count count;
	struct slab_cache *cache;
	unsigned long nr;
	int i, round;

	for (round = 0; round < LATE_ROUNDS; round++) {
		for (i = 0; i < MAX_LATE; i++)
			ASSERT_EQ(0, slab_cache_open(&self->late[i]));
		ASSERT_EQ(0, worker_start(&self->worker, "creator", create_on,
					  self->late));
		self->worker.target = 1;
		ASSERT_EQ(0, workers_wait(&self->worker, 1));
		to_kernel_zone(_metadata, self->id);
		ASSERT_EQ(0, workers_stop(&self->worker, 1));

		nr = worker_rounds(&self->worker);
		for (i = 0; i < MAX_LATE; i++) {
			cache = &self->late[i];
			if ((unsigned long)i < nr) {
				alloc_on_node(_metadata, cache, node, 1);
				ASSERT_EQ(0, slab_cache_read(cache, "slabs",
							     node, &count));
				ASSERT_EQ(1UL, count.on_node) {
					TH_LOG("%s: slab does not know of node %d",
					       cache->name, node);
				}
			}
			slab_cache_close(cache);
		}
		expect_offline_works(_metadata, self->id);
	}
}

static void run_on(struct __test_metadata *_metadata, int cpu)
{
	cpu_set_t *set = CPU_ALLOC(cpu + 1);
	const size_t size = CPU_ALLOC_SIZE(cpu + 1);

	ASSERT_NE(NULL, set);
	CPU_ZERO_S(size, set);
	CPU_SET_S(cpu, size, set);
	EXPECT_EQ(0, sched_setaffinity(0, size, set));
	CPU_FREE(set);
}

/* The first two CPUs that we may run on; how many there are. */
static int two_cpus(int cpus[2])
{
	cpu_set_t *set = CPU_ALLOC(MAX_CPUS);
	const size_t size = CPU_ALLOC_SIZE(MAX_CPUS);
	int cpu, nr = 0;

	if (!set)
		return -ENOMEM;
	if (sched_getaffinity(0, size, set))
		nr = -errno;
	for (cpu = 0; nr >= 0 && nr < 2 && cpu < MAX_CPUS; cpu++)
		if (CPU_ISSET_S(cpu, size, set))
			cpus[nr++] = cpu;
	CPU_FREE(set);
	return nr;
}

/*
 * How many objects there is room for in CPUs' lists of slabs with free objects:
 * "48(6) C1=48(6)". -ENOENT if no CPU has such a list.
 */
static int in_partial_lists(const struct slab_cache *cache,
			    unsigned long *objects)
{
	char path[PATH_LEN], text[4096];
	int err;

	snprintf(path, sizeof(path), SYSFS_SLAB "/%s/slabs_cpu_partial",
		 cache->name);
	err = attr_read(path, text, sizeof(text));
	if (err)
		return err;
	return sscanf(text, "%lu(", objects) == 1 ? 0 : -EBADMSG;
}

/*
 * C2, C3. A CPU keeps a slab of its own, also when nothing in it is used any
 * more. When the CPU goes, slab must take that away from it: nobody could do so
 * later, and the memory would stay for ever.
 */
TEST_F_TIMEOUT(objects, of_a_cpu_that_goes, TEST_TIMEOUT_S)
{
	const int node = self->node.id;
	const struct cpu *cpu;
	struct slab_count count;
	unsigned long objects;

	cpu = self->cpus ? cpu_way_find(self->cpus, CPU_ONLINE, NULL) : NULL;
	if (!cpu)
		SKIP(return, "no CPU can go offline");

	ASSERT_EQ(0, slab_cache_create(&self->cache, false));
	to_kernel_zone(_metadata, self->id);
	run_on(_metadata, cpu->id);
	alloc_on_node(_metadata, &self->cache, node, OBJECTS);
	ASSERT_EQ(0, slab_cache_do(&self->cache, "free %d", node));
	ASSERT_EQ(0, slab_cache_read(&self->cache, "cpu_slabs", node, &count));
	ASSERT_LT(0UL, count.on_node) {
		TH_LOG("cpu%d keeps no slab", cpu->id);
	}
	/* Those of its partial list count, too. */
	if (in_partial_lists(&self->cache, &objects) != -ENOENT)
		ASSERT_LT(1UL, count.on_node);

	/* Whoever ran there goes to another CPU. */
	ASSERT_EQ(0, cpu_set(self->cpus, cpu, CPU_ONLINE, false));
	EXPECT_EQ(0, slab_cache_reconcile(&self->cache, node));
	expect_offline_works(_metadata, self->id);
	EXPECT_EQ(0, cpu_set(self->cpus, cpu, CPU_ONLINE, true));
}

/*
 * C2. A CPU that frees what another one has allocated keeps the slabs for later,
 * in its partial list, and need have none that it allocates from. When the
 * memory goes, slab must take these away from it as well.
 */
TEST_F_TIMEOUT(objects, freed_by_another_cpu, TEST_TIMEOUT_S)
{
	const int node = self->node.id;
	unsigned long objects;
	int cpus[2], nr;

	nr = two_cpus(cpus);
	ASSERT_LT(0, nr);
	if (nr < 2)
		SKIP(return, "only one CPU");
	ASSERT_EQ(0, slab_cache_create(&self->cache, false));
	if (in_partial_lists(&self->cache, &objects) == -ENOENT)
		SKIP(return, "no CONFIG_SLUB_CPU_PARTIAL");

	to_kernel_zone(_metadata, self->id);
	run_on(_metadata, cpus[0]);
	alloc_on_node(_metadata, &self->cache, node, OBJECTS);
	run_on(_metadata, cpus[1]);
	ASSERT_EQ(0, slab_cache_do(&self->cache, "free %d", node));
	ASSERT_EQ(0, in_partial_lists(&self->cache, &objects));
	ASSERT_LT(0UL, objects) {
		TH_LOG("cpu%d keeps no slab", cpus[1]);
	}
	expect_offline_works(_metadata, self->id);
}

/*
 * What is done to a cache while memory or a CPU is stuck on its way.
 */
enum operation {
	CREATE,
	ALLOC,
	FREE,
	DESTROY,
	SHRINK,
	WRITE_SHRINK,
	WRITE_VALIDATE,
	WRITE_CPU_PARTIAL,
	READ_TRACES,
};

FIXTURE(operation) {
	const struct memory_blocks *blocks;
	const struct cpus *cpus;
	struct memory_node node;
	struct slow_offline slow;
	struct cpu_hold hold;
	struct slab_cache cache;
	struct worker worker;
};

FIXTURE_VARIANT(operation) {
	enum operation operation;
	bool waits_for_cpu;
};

FIXTURE_VARIANT_ADD(operation, create) {
	.operation = CREATE,
};

FIXTURE_VARIANT_ADD(operation, alloc) {
	.operation = ALLOC,
};

FIXTURE_VARIANT_ADD(operation, free) {
	.operation = FREE,
};

/*
 * These flush what each CPU has. To create a cache with debug flags may wait as
 * well, for a static key, if there is CONFIG_JUMP_LABEL.
 */
FIXTURE_VARIANT_ADD(operation, destroy) {
	.operation = DESTROY,
	.waits_for_cpu = true,
};

FIXTURE_VARIANT_ADD(operation, shrink) {
	.operation = SHRINK,
	.waits_for_cpu = true,
};

FIXTURE_VARIANT_ADD(operation, write_shrink) {
	.operation = WRITE_SHRINK,
	.waits_for_cpu = true,
};

FIXTURE_VARIANT_ADD(operation, write_validate) {
	.operation = WRITE_VALIDATE,
	.waits_for_cpu = true,
};

FIXTURE_VARIANT_ADD(operation, write_cpu_partial) {
	.operation = WRITE_CPU_PARTIAL,
	.waits_for_cpu = true,
};

/* What slab has in debugfs takes the locks of nodes, one after the other. */
FIXTURE_VARIANT_ADD(operation, read_traces) {
	.operation = READ_TRACES,
};

FIXTURE_SETUP(operation)
{
	const enum operation op = variant->operation;
	const bool debug = op == WRITE_VALIDATE || op == READ_TRACES;
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	reason = no_cache();
	if (reason)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	self->cpus = cpus_at_start();
	if (self->cpus)
		ASSERT_EQ(0U, cpus_restore(self->cpus));

	ASSERT_EQ(0, slab_cache_open(&self->cache));
	if (op == CREATE)
		return;
	ASSERT_EQ(0, slab_cache_create(&self->cache, debug));
	if (op == FREE || op == READ_TRACES)
		ASSERT_EQ(0, slab_cache_do(&self->cache, "alloc -1 %d",
					   OBJECTS));
}

FIXTURE_TEARDOWN(operation)
{
	if (!self->blocks)
		return;
	/* In this order: each waits for the one before. */
	EXPECT_EQ(0, cpu_hold_end(&self->hold));
	EXPECT_EQ(0, slow_offline_end(&self->slow));
	EXPECT_EQ(0, workers_kill(&self->worker, 1));
	slab_cache_close(&self->cache);
	if (self->cpus)
		EXPECT_EQ(0U, cpus_restore(self->cpus));
	EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

struct operate {
	const struct slab_cache *cache;
	enum operation operation;
};

static int operate(struct progress *progress, void *arg)
{
	const struct operate *op = arg;
	unsigned long traced;
	int err = -EINVAL;

	progress_begin(progress, "%s", op->cache->name);
	switch (op->operation) {
	case CREATE:
		err = slab_cache_create(op->cache, false);
		break;
	case ALLOC:
		err = slab_cache_do(op->cache, "alloc -1 %d", OBJECTS);
		break;
	case FREE:
		err = slab_cache_do(op->cache, "free -1");
		break;
	case DESTROY:
		err = slab_cache_do(op->cache, "destroy");
		break;
	case SHRINK:
		err = slab_cache_do(op->cache, "shrink");
		break;
	case WRITE_SHRINK:
		err = slab_cache_write(op->cache, "shrink", "1");
		break;
	case WRITE_VALIDATE:
		err = slab_cache_write(op->cache, "validate", "1");
		break;
	case WRITE_CPU_PARTIAL:
		err = slab_cache_write(op->cache, "cpu_partial", "0");
		break;
	case READ_TRACES:
		err = slab_cache_traced(op->cache, &traced);
		if (!err && traced != OBJECTS)
			err = -EBADMSG;
		break;
	}
	progress_step(progress);
	return err;
}

/*
 * C1, C3. None of them waits for memory hotplug: they need no mem_hotplug_lock, and
 * cpu_hotplug_lock is held for reading only, which does not keep out others that
 * read.
 */
TEST_F_TIMEOUT(operation, during_slow_offline, TEST_TIMEOUT_S)
{
	struct operate op = {
		.cache = &self->cache,
		.operation = variant->operation,
	};

	if (memory_node_find(self->blocks, true, &self->node) &&
	    memory_node_find(self->blocks, false, &self->node))
		SKIP(return, "no block is offline or in ZONE_MOVABLE");
	ASSERT_EQ(0, slow_offline_start(&self->slow, self->blocks,
					self->node.id));
	ASSERT_EQ(0, worker_start(&self->worker, "operation", operate, &op));
	ASSERT_EQ(0, workers_join(&self->worker, 1));
	ASSERT_TRUE(slow_offline_going(&self->slow));
	EXPECT_EQ(EINTR, slow_offline_abort(&self->slow));
}

/*
 * C3. What looks at all CPUs waits for a CPU that is half way down, at
 * cpu_hotplug_lock, and what does not, does not. Those that wait do their work
 * when the CPU is down.
 */
TEST_F_TIMEOUT(operation, during_slow_cpu_down, TEST_TIMEOUT_S)
{
	struct operate op = {
		.cache = &self->cache,
		.operation = variant->operation,
	};
	const struct cpu *cpu;

	if (access(CPU_HOLD_FILE, W_OK))
		SKIP(return, "no " CPU_HOLD_FILE ": CONFIG_MEMHP_CPU_HOLD is not set");
	if (!stall_stack_readable())
		SKIP(return, "no /proc/PID/stack: CONFIG_STACKTRACE is not set");
	cpu = self->cpus ? cpu_way_find(self->cpus, CPU_ONLINE, NULL) : NULL;
	if (!cpu)
		SKIP(return, "no CPU can go offline");

	ASSERT_EQ(0, cpu_hold_start(&self->hold, self->cpus, cpu, CPU_ONLINE));
	ASSERT_EQ(0, worker_start(&self->worker, "operation", operate, &op));
	if (variant->waits_for_cpu) {
		ASSERT_EQ(0, stall_wait_in(self->worker.pid, "cpus_read_lock",
					   STALL_MS));
	} else {
		ASSERT_EQ(0, workers_join(&self->worker, 1));
	}
	ASSERT_TRUE(cpu_hold_going(&self->hold));

	ASSERT_EQ(0, cpu_hold_release(&self->hold));
	EXPECT_EQ(0, cpu_up(cpu));
	ASSERT_EQ(0, workers_join(&self->worker, 1));
}

/*
 * Everybody at once.
 */
FIXTURE(race) {
	const struct memory_blocks *blocks;
	const struct cpus *cpus;
	struct memory_node node;
	struct worker worker[6];
};

FIXTURE_SETUP(race)
{
	const char *reason;
	unsigned long id;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	reason = no_cache();
	if (reason)
		SKIP(return, "%s", reason);
	self->cpus = cpus_at_start();
	if (!self->cpus)
		SKIP(return, "no CPU can go offline");
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	ASSERT_EQ(0U, cpus_restore(self->cpus));
	if (memory_node_find(self->blocks, true, &self->node))
		SKIP(return, "no node without boot memory has a candidate block");
	ASSERT_EQ(0, memory_node_offline(self->blocks, self->node.id, &id));
}

FIXTURE_TEARDOWN(race)
{
	if (!self->cpus)
		return;
	EXPECT_EQ(0, workers_kill(self->worker, ARRAY_LEN(self->worker)));
	EXPECT_EQ(0U, cpus_restore(self->cpus));
	EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

struct cache_cycle {
	int node;
	bool debug;
};

struct in_use {
	const struct memory_blocks *blocks;
	int node;
	bool kernel;
};

/* A worker: the life of a cache, again and again. */
static int cache_cycle(struct progress *progress, void *arg)
{
	const struct cache_cycle *cycle = arg;
	struct slab_cache cache = {};
	struct slab_count count;
	unsigned long traced;
	int err = 0;

	while (!err && !progress_stop(progress)) {
		progress_begin(progress, "create");
		err = slab_cache_open(&cache);
		if (!err)
			err = slab_cache_create(&cache, cycle->debug);
		if (err)
			break;
		progress_step(progress);

		progress_begin(progress, "alloc on node %d and anywhere",
			       cycle->node);
		err = slab_cache_do(&cache, "alloc %d %d", cycle->node,
				    OBJECTS);
		if (!err)
			err = slab_cache_do(&cache, "alloc -1 %d", OBJECTS);
		if (!err)
			err = slab_cache_objects(&cache, cycle->node, &count);
		if (!err && count.total != 2 * OBJECTS)
			err = -EBADMSG;
		if (err)
			break;
		progress_step(progress);

		progress_begin(progress, "reconcile %s", cache.name);
		err = slab_cache_reconcile(&cache, cycle->node);
		if (!err)
			err = slab_cache_do(&cache, "free %d", cycle->node);
		if (!err)
			err = slab_cache_reconcile(&cache, cycle->node);
		if (err)
			break;
		progress_step(progress);

		if (cycle->debug) {
			progress_begin(progress, "validate, alloc_traces");
			err = slab_cache_write(&cache, "validate", "1");
			if (!err)
				err = slab_cache_traced(&cache, &traced);
			if (!err && traced != count.total - count.on_node)
				err = -EBADMSG;
			if (err)
				break;
			progress_step(progress);
		}
		progress_begin(progress, "shrink");
		err = slab_cache_do(&cache, "free -1");
		if (!err)
			err = slab_cache_write(&cache, "shrink", "1");
		if (err)
			break;
		progress_step(progress);

		progress_begin(progress, "destroy");
		err = slab_cache_do(&cache, "destroy");
		slab_cache_close(&cache);
		progress_step(progress);
		progress_round(progress);
	}
	slab_cache_close(&cache);
	return err;
}

/*
 * A worker: all blocks of the node go online, then offline. Those in a kernel
 * zone may be in use: then the offline fails with EBUSY, and they stay online.
 * Or it does not end, see full_slab_keeps_memory_online.
 */
static int node_in_use(struct progress *progress, void *arg)
{
	static const char *const types[] = { "online_movable", "online_kernel" };
	const struct in_use *use = arg;
	const struct memory_block *block, *end;
	char state[ATTR_LEN];
	const char *type;
	int err;

	end = use->blocks->block + use->blocks->nr;
	while (!progress_stop(progress)) {
		type = types[use->kernel && progress->rounds % 2];
		for (block = use->blocks->block; block < end; block++) {
			if (!block->candidate || block->node != use->node)
				continue;
			err = memory_block_read(block->id, "state", state,
						sizeof(state));
			progress_begin(progress, "memory%lu: %s", block->id,
				       type);
			if (!err && !strcmp(state, "offline"))
				err = memory_block_write(block->id, "state",
							 type);
			if (err)
				return err;
			progress_step(progress);
			give_way();
		}
		for (block = use->blocks->block; block < end; block++) {
			if (!block->candidate || block->node != use->node)
				continue;
			progress_begin(progress, "memory%lu: offline",
				       block->id);
			err = memory_block_try_offline(block->id, BUSY_MS);
			if (err && ((err != -EBUSY && err != -ETIMEDOUT) ||
				    !use->kernel))
				return err;
			if (memory_block_read(block->id, "state", state,
					      sizeof(state)) ||
			    strcmp(state, err ? "online" : "offline"))
				return -EBADMSG;
			progress_step(progress);
			give_way();
		}
		progress_round(progress);
	}
	return 0;
}

/*
 * C1, C2, C3. Caches are created, filled, checked, shrunk and destroyed, all
 * files of all caches are read, a node loses all of its memory and gets it back,
 * and a CPU goes and comes. Nobody is stuck, nothing fails but to take memory
 * that is in use, and the numbers agree all the time. In the end, the memory
 * goes.
 */
TEST_F_TIMEOUT(race, caches_nodes_cpus, TEST_TIMEOUT_S)
{
	struct in_use node = {
		.blocks = self->blocks,
		.node = self->node.id,
		.kernel = !self->node.cpus,
	};
	struct cache_cycle plain = { .node = self->node.id };
	struct cache_cycle debug = { .node = self->node.id, .debug = true };
	struct cpu_cycle cpu = {
		.cpus = self->cpus,
		.cpu = cpu_way_find(self->cpus, CPU_ONLINE, NULL),
		.way = CPU_ONLINE,
	};
	struct worker *w = self->worker;
	unsigned long id = 0;
	size_t i;
	int err;

	/* Before, it looks at the page itself, not at a copy. */
	if (kernel_before(6, 9))
		SKIP(return, "dump_page() crashes on a slab that is freed");
	ASSERT_EQ(0, worker_start(&w[0], "cache", cache_cycle, &plain));
	ASSERT_EQ(0, worker_start(&w[1], "debug cache", cache_cycle, &debug));
	ASSERT_EQ(0, worker_start(&w[2], "reader", slab_read_on, NULL));
	ASSERT_EQ(0, worker_start(&w[3], "new reader", slab_read_anew, NULL));
	ASSERT_EQ(0, worker_start(&w[4], "CPU", cpu_cycle_on, &cpu));
	ASSERT_EQ(0, worker_start(&w[5], "node", node_in_use, &node));
	for (i = 0; i < ARRAY_LEN(self->worker); i++)
		w[i].target = 2;
	w[0].target = 4;
	w[1].target = 4;
	w[5].target = 4;
	ASSERT_EQ(0, workers_wait(w, ARRAY_LEN(self->worker)));
	ASSERT_EQ(0, workers_stop(w, ARRAY_LEN(self->worker)));
	err = memory_node_offline(self->blocks, self->node.id, &id);
	EXPECT_EQ(0, err) {
		TH_LOG("node %d: memory%lu: offline: %s", self->node.id, id,
		       errname(err));
	}
}

/* A worker: no CPU keeps a slab of a cache that is empty and has been shrunk. */
static int shrink_cycle(struct progress *progress, void *arg)
{
	struct slab_cache cache = {};
	int err;

	(void)arg;
	err = slab_cache_open(&cache);
	if (!err)
		err = slab_cache_create(&cache, false);
	while (!err && !progress_stop(progress)) {
		progress_begin(progress, "shrink %s", cache.name);
		err = slab_cache_do(&cache, "alloc -1 %d", OBJECTS);
		if (!err)
			err = slab_cache_do(&cache, "free -1");
		if (!err)
			err = slab_cache_reconcile(&cache, 0);
		if (!err) {
			progress_step(progress);
			progress_round(progress);
		}
	}
	slab_cache_close(&cache);
	return err;
}

/*
 * C2. To flush what the CPUs have, slab has one piece of work for each CPU, which
 * all caches share. Who shrinks a cache does not do so with that of another one.
 */
TEST(shrink_two_caches)
{
	struct worker worker[2] = {};
	const char *reason;
	size_t i;
	int err;

	reason = no_cache();
	if (reason)
		SKIP(return, "%s", reason);
	for (i = 0; i < ARRAY_LEN(worker); i++) {
		ASSERT_EQ(0, worker_start(&worker[i], "cache", shrink_cycle,
					  NULL));
		worker[i].target = SHRINKS;
	}
	err = workers_wait(worker, ARRAY_LEN(worker));
	if (!err)
		err = workers_stop(worker, ARRAY_LEN(worker));
	EXPECT_EQ(0, err);
	EXPECT_EQ(0, workers_kill(worker, ARRAY_LEN(worker)));
}

/*
 * C2. Who has the files of a cache open when the cache goes is told so, and can
 * read those of all others.
 */
TEST(read_a_cache_that_goes)
{
	struct slab_cache cache = {};
	struct worker reader = {};
	const char *reason;
	int err;

	reason = no_cache();
	if (reason)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, slab_cache_open(&cache));
	/* With debug flags, it has files in debugfs as well. */
	ASSERT_EQ(0, slab_cache_create(&cache, true));
	ASSERT_EQ(0, worker_start(&reader, "reader", slab_read_on, NULL));
	reader.target = 1;
	err = workers_wait(&reader, 1);
	if (!err)
		err = slab_cache_do(&cache, "destroy");
	/* The round that goes on saw some of the files before. */
	reader.target = worker_rounds(&reader) + 2;
	if (!err)
		err = workers_wait(&reader, 1);
	if (!err)
		err = workers_stop(&reader, 1);
	EXPECT_EQ(0, err);
	EXPECT_EQ(0, workers_kill(&reader, 1));
	slab_cache_close(&cache);
}

/*
 * C2. Who destroys a cache waits for those who are in its files, and holds no lock
 * meanwhile that they may want, or anybody else: a cache can be created.
 */
TEST(destroy_waits_for_files)
{
	struct slab_cache cache = {}, other = {};
	struct operate write = { &cache, WRITE_SHRINK };
	struct operate destroy = { &cache, DESTROY };
	struct operate create = { &other, CREATE };
	struct worker w[3] = {};
	const char *reason;
	int err;

	reason = no_cache();
	if (reason)
		SKIP(return, "%s", reason);
	if (!stall_stack_readable())
		SKIP(return, "no /proc/PID/stack: CONFIG_STACKTRACE is not set");
	ASSERT_EQ(0, slab_cache_open(&cache));
	ASSERT_EQ(0, slab_cache_open(&other));
	ASSERT_EQ(0, slab_cache_create(&cache, false));
	ASSERT_EQ(0, slab_cache_do(&cache, "hold"));

	err = worker_start(&w[0], "writer", operate, &write);
	if (!err)
		err = stall_wait_in(w[0].pid, "memhp_cache_held", STALL_MS);
	if (!err)
		err = worker_start(&w[1], "destroyer", operate, &destroy);
	if (!err)
		err = stall_wait_in(w[1].pid, "kernfs_remove", STALL_MS);
	EXPECT_EQ(0, err);
	if (!err) {
		EXPECT_EQ(0, worker_start(&w[2], "creator", operate, &create));
		EXPECT_EQ(0, workers_join(&w[2], 1)) {
			TH_LOG("a lock is held while the cache's files are waited for");
		}
	}

	/* The cache's own file is in use. */
	EXPECT_EQ(0, slab_cache_do(&other, "go"));
	EXPECT_EQ(0, workers_join(w, ARRAY_LEN(w)));
	EXPECT_EQ(0, workers_kill(w, ARRAY_LEN(w)));
	slab_cache_close(&other);
	slab_cache_close(&cache);
}

int main(int argc, char **argv)
{
	cpu_guard();
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
