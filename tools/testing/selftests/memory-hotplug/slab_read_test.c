// SPDX-License-Identifier: GPL-2.0
/*
 * Reading slab's state in sysfs and procfs while memory goes offline and
 * online. That once took mem_hotplug_lock and could deadlock.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "node_cycle.h"
#include "slab_files.h"
#include "slow_offline.h"
#include "worker.h"

/* More than any test takes: STALL_MS is what ends one. */
#define TEST_TIMEOUT_S	110

#define NR_READERS	3
#define ROUNDS		4UL

#define NODE_CACHE	SYSFS_SLAB "/kmem_cache_node"

FIXTURE(node) {
	const struct memory_blocks *blocks;
	struct memory_node node;
	struct slow_offline slow;
	struct worker reader[NR_READERS];
	struct worker writer;
};

FIXTURE_VARIANT(node) {
	bool bare;
};

/* A node that has boot memory as well. */
FIXTURE_VARIANT_ADD(node, boot) {
	.bare = false,
};

/* A node that has no memory but candidate blocks: it comes and goes. */
FIXTURE_VARIANT_ADD(node, bare) {
	.bare = true,
};

FIXTURE_SETUP(node)
{
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	if (access(SYSFS_SLAB, R_OK))
		SKIP(return, "no " SYSFS_SLAB);
	/* A test before this one may not have got to its teardown. */
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));

	if (memory_node_find(self->blocks, variant->bare, &self->node))
		SKIP(return, "no node %s boot memory has a block offline or in ZONE_MOVABLE",
		     variant->bare ? "without" : "with");
}

/* All children go before the blocks do: one of them may hold the locks. */
FIXTURE_TEARDOWN(node)
{
	if (!self->blocks)
		return;
	EXPECT_EQ(0, slow_offline_end(&self->slow));
	EXPECT_EQ(0, workers_kill(&self->writer, 1));
	EXPECT_EQ(0, workers_kill(self->reader, NR_READERS));
	EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

static void empty_node(struct __test_metadata *_metadata,
		       const struct memory_blocks *blocks, int node)
{
	unsigned long id = 0;
	int err = memory_node_offline(blocks, node, &id);

	ASSERT_EQ(0, err) {
		TH_LOG("node %d: memory%lu: offline: %s",
		       node, id, errname(err));
	}
}

static void fill_node(struct __test_metadata *_metadata,
		      const struct memory_blocks *blocks, int node,
		      const char *type)
{
	unsigned long id = 0;
	int err = memory_node_online(blocks, node, NODE_MAX_BLOCKS, type, &id);

	ASSERT_EQ(0, err) {
		TH_LOG("node %d: memory%lu: %s: %s",
		       node, id, type, errname(err));
	}
}

/*
 * C1. Readers of slab's state do not wait for memory hotplug. A page that
 * cannot be migrated makes an offline as slow as we like: all the time it holds
 * device_hotplug_lock, cpu_hotplug_lock and mem_hotplug_lock, the last one for
 * writing. Every file can be read meanwhile. A reader that does wait is stuck
 * in a file that takes mem_hotplug_lock.
 */
TEST_F_TIMEOUT(node, readers_finish_during_slow_offline, TEST_TIMEOUT_S)
{
	struct worker *reader = &self->reader[0];
	char text[ATTR_LEN];
	int err;

	ASSERT_EQ(0, slow_offline_start(&self->slow, self->blocks,
					self->node.id));
	ASSERT_EQ(0, worker_start(reader, "reader", slab_read_once, NULL));
	ASSERT_EQ(0, workers_join(reader, 1));
	EXPECT_EQ(1UL, worker_rounds(reader));
	EXPECT_LT((unsigned long)SLAB_PROC_FILES, worker_steps(reader));

	/* It was there the whole time, a signal ends it, the block is back. */
	ASSERT_TRUE(slow_offline_going(&self->slow));
	EXPECT_EQ(EINTR, slow_offline_abort(&self->slow));
	ASSERT_EQ(0, memory_block_read(self->slow.id, "state", text,
				       sizeof(text)));
	EXPECT_STREQ("online", text);

	slow_offline_unpin(&self->slow);
	err = memory_block_offline(self->slow.id);
	EXPECT_EQ(0, err) {
		TH_LOG("memory%lu: offline, now that no page is pinned: %s",
		       self->slow.id, errname(err));
	}
}

/*
 * C1. Readers that never pause against a writer that empties the node and
 * refills it: every read succeeds, nobody is stuck, and each reader gets
 * through all files at least once while the node comes and goes.
 */
TEST_F_TIMEOUT(node, readers_race_node_empty_refill, TEST_TIMEOUT_S)
{
	static const char *const names[NR_READERS] = {
		"reader 0", "reader 1", "reader 2",
	};
	struct node_cycle cycle = {
		.blocks = self->blocks,
		.node = &self->node,
	};
	int i;

	empty_node(_metadata, self->blocks, self->node.id);

	for (i = 0; i < NR_READERS; i++) {
		ASSERT_EQ(0, worker_start(&self->reader[i], names[i],
					  slab_read_on, NULL));
		self->reader[i].target = 1;
	}
	ASSERT_EQ(0, workers_wait(self->reader, NR_READERS));

	ASSERT_EQ(0, worker_start(&self->writer, "writer", node_cycle_on, &cycle));
	self->writer.target = ROUNDS;
	/* The round that was under way when the writer started does not count. */
	for (i = 0; i < NR_READERS; i++)
		self->reader[i].target = worker_rounds(&self->reader[i]) + 2;

	while (worker_rounds(&self->writer) < ROUNDS) {
		ASSERT_EQ(0, workers_check(self->reader, NR_READERS));
		ASSERT_EQ(0, workers_check(&self->writer, 1));
		ASSERT_TRUE(worker_running(&self->writer));
		nap();
	}
	ASSERT_EQ(0, workers_wait(self->reader, NR_READERS));
	/* Readers go on as long as the writer does. */
	ASSERT_EQ(0, workers_stop(&self->writer, 1));
	ASSERT_EQ(0, workers_stop(self->reader, NR_READERS));
}

/* Files of a cache that show_slab_objects() prints. */
static const char *const per_node[] = {
	"objects", "objects_partial", "partial", "slabs", "total_objects",
};

/* Returns how many objects all caches have on @node. */
static unsigned long check_objects(struct __test_metadata *_metadata,
				   const struct slab_files *files, int node)
{
	unsigned long objects = 0;
	struct slab_count count;
	unsigned int checked = 0;
	char text[4096];
	size_t i, j;
	int err;

	for (i = 0; i < files->nr; i++) {
		const char *path = files->file[i].path;
		const char *name = strrchr(path, '/') + 1;

		for (j = 0; j < ARRAY_LEN(per_node); j++)
			if (!strcmp(name, per_node[j]))
				break;
		if (j == ARRAY_LEN(per_node))
			continue;

		err = attr_read(path, text, sizeof(text));
		if (slab_file_gone(err))
			continue;
		ASSERT_EQ(0, err) {
			TH_LOG("%s: %s", path, errname(err));
		}
		ASSERT_TRUE(slab_count_parse(text, node, &count)) {
			TH_LOG("%s: \"%s\"", path, text);
		}
		ASSERT_EQ(count.total, count.sum) {
			TH_LOG("%s: \"%s\": total %lu, but the nodes have %lu",
			       path, text, count.total, count.sum);
		}
		if (!strcmp(name, "total_objects"))
			objects += count.on_node;
		checked++;
	}
	EXPECT_LT(0U, checked);
	return objects;
}

/* What slab itself has allocated to keep its state of nodes. */
static unsigned long node_structs(struct __test_metadata *_metadata)
{
	struct slab_count count;
	char text[4096];

	/* What CPUs have of it counts as if it were all in use. */
	ASSERT_LT(0, attr_write(NODE_CACHE "/shrink", "1", 1));
	ASSERT_EQ(0, attr_read(NODE_CACHE "/objects", text, sizeof(text)));
	ASSERT_TRUE(slab_count_parse(text, 0, &count)) {
		TH_LOG("\"%s\"", text);
	}
	return count.total;
}

/*
 * C2. Slab's state of a node is there when the node is empty and when its
 * memory is back, in ZONE_MOVABLE and in a kernel zone. What a cache has in all
 * is what it has on the nodes. A bare node has no slabs when it is empty,
 * else it could not be; a node with boot memory does not lose those it has.
 * When a node comes back, slab uses what it had for it.
 */
TEST_F_TIMEOUT(node, slab_state_survives_empty_refill, TEST_TIMEOUT_S)
{
	static const char *const types[] = {
		"online_movable", "online_kernel", "online_kernel",
	};
	const int node = self->node.id;
	unsigned long objects, had, structs, first = 0;
	struct slab_files files;
	size_t i;

	if (access(SYSFS_SLAB "/kmalloc-1k/total_objects", R_OK))
		SKIP(return, "no total_objects: CONFIG_SLUB_DEBUG is not set");
	ASSERT_EQ(0, slab_files_find(&files, NULL));
	had = check_objects(_metadata, &files, node);

	for (i = 0; i < ARRAY_LEN(types); i++) {
		empty_node(_metadata, self->blocks, node);
		objects = check_objects(_metadata, &files, node);
		EXPECT_EQ(!self->node.bare && had, !!objects) {
			TH_LOG("node %d has %lu slab objects with its blocks offline, %lu before",
			       node, objects, had);
		}

		if (!strcmp(types[i], "online_kernel") &&
		    (!self->node.bare || self->node.cpus))
			continue;
		fill_node(_metadata, self->blocks, node, types[i]);
		objects = check_objects(_metadata, &files, node);
		EXPECT_TRUE(self->node.bare || !had || objects) {
			TH_LOG("node %d had %lu slab objects and has none",
			       node, had);
		}
		if (strcmp(types[i], "online_kernel"))
			continue;
		structs = node_structs(_metadata);
		if (!first)
			first = structs;
		EXPECT_GE(first, structs);
	}
	empty_node(_metadata, self->blocks, node);
	slab_files_free(&files);
}

int main(int argc, char **argv)
{
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
