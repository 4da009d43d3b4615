// SPDX-License-Identifier: GPL-2.0
/*
 * When a memory notifier refuses, all is as it was before. Which part of an
 * operation has been done by then depends on where in the chain it sits.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "block_kind.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "memory_snapshot.h"
#include "notifier_inject.h"

#define ONLINE		"MEM_GOING_ONLINE"
#define OFFLINE		"MEM_GOING_OFFLINE"

#define TEST_TIMEOUT_S	60
#define CHILD_MS	10000

/*
 * Pipes of a child, and for how many pages each: the array that says where they
 * are takes 40 bytes a page. Few other users of slabs have objects that large, so
 * that nobody else gets one from the same slab.
 */
#define NR_PIPES	16
#define PIPE_PAGES	128
#define PIPE_BYTES	(40 * PIPE_PAGES)

/* What all tests here need. */
struct ground {
	const struct memory_blocks *blocks;
	struct memory_node node;
	unsigned int flags;
	unsigned long id;
	bool loaded;
};

FIXTURE(notifier) {
	struct ground ground;
};

FIXTURE_VARIANT(notifier) {
	int priority;
};

/* Before all of the kernel's own callbacks. */
FIXTURE_VARIANT_ADD(notifier, first) {
	.priority = NOTIFIER_FIRST,
};

/* After memory tiers and KSM. */
FIXTURE_VARIANT_ADD(notifier, after_tiers) {
	.priority = 100,
};

/* After cpusets and the batch size of the per-CPU counters. */
FIXTURE_VARIANT_ADD(notifier, after_cpusets) {
	.priority = 10,
};

/* After the attributes of nodes (HMAT); the next one is slab. */
FIXTURE_VARIANT_ADD(notifier, before_slab) {
	.priority = 2,
};

/* After slab: it has taken the node for one with memory. */
FIXTURE_VARIANT_ADD(notifier, after_slab) {
	.priority = 1,
};

/* After page_ext, kcore, virtio-mem and whoever has no opinion. */
FIXTURE_VARIANT_ADD(notifier, last) {
	.priority = NOTIFIER_LAST,
};

/*
 * Before a snapshot that another one after hotplug is compared to. For the kernel's
 * type, before that other one, too: to do this with "online_kernel" would bring
 * what slab has for the node, and so the first time of a test would be none.
 */
static void settle(struct __test_metadata *_metadata, unsigned long id)
{
	int err = memory_block_settle(id, "online_movable");

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: online_movable, offline: %s", id,
		       errname(err));
	}
}

/* All candidate blocks of a node offline, a callback in the chain. */
static const char *prepare(struct __test_metadata *_metadata,
			   struct ground *ground, int priority)
{
	const struct memory_block *block;
	const char *reason;
	unsigned long id;
	int err;

	ground->blocks = memory_blocks_at_start(&reason);
	if (!ground->blocks)
		return reason;
	/* A test before this one may not have got to its teardown. */
	ASSERT_EQ(0U, notifier_inject_restore());
	ASSERT_EQ(0U, memory_blocks_restore(ground->blocks));

	if (memory_node_find(ground->blocks, true, &ground->node) &&
	    memory_node_find(ground->blocks, false, &ground->node))
		return "no memory block is offline or in ZONE_MOVABLE";
	ground->flags = MEMORY_SNAPSHOT_THREADS |
			MEMORY_SNAPSHOT_FREE_ON(ground->node.id);
	ASSERT_EQ(0, memory_node_offline(ground->blocks, ground->node.id, &id));
	block = ground->blocks->block;
	while (!block->candidate || block->node != ground->node.id)
		block++;
	ground->id = block->id;

	settle(_metadata, ground->id);
	err = notifier_inject_load(priority);
	if (err == -ENOENT)
		return "no module memory-notifier-error-inject, or no debugfs";
	if (err == -EEXIST)
		return "memory-notifier-error-inject is not ours to load";
	ASSERT_EQ(0, err) {
		TH_LOG("memory-notifier-error-inject: %s", errname(err));
	}
	ground->loaded = true;
	return NULL;
}

static void put_back(struct __test_metadata *_metadata, struct ground *ground)
{
	if (ground->loaded)
		EXPECT_EQ(0, notifier_inject_unload());
	if (ground->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(ground->blocks));
}

FIXTURE_SETUP(notifier)
{
	const char *reason = prepare(_metadata, &self->ground,
				     variant->priority);

	if (reason)
		SKIP(return, "%s", reason);
}

FIXTURE_TEARDOWN(notifier)
{
	put_back(_metadata, &self->ground);
}

/* A write that must end with an error, or with none. */
static void write_state(struct __test_metadata *_metadata, unsigned long id,
			const char *state, int expected, const char *when)
{
	const int err = memory_block_write(id, "state", state);

	ASSERT_EQ(expected, err) {
		TH_LOG("memory%lu: \"%s\" %s: expected %s, got %s", id, state,
		       when, errname(expected), errname(err));
	}
}

static void inject(struct __test_metadata *_metadata, const char *action,
		   int err)
{
	const int ret = notifier_inject_set(action, err);

	ASSERT_EQ(0, ret) {
		TH_LOG("%s: %s", action, errname(ret));
	}
}

static void take(struct __test_metadata *_metadata,
		 struct memory_snapshot *snapshot, unsigned int flags)
{
	const int err = memory_snapshot_take(snapshot, flags);

	ASSERT_EQ(0, err) {
		TH_LOG("no snapshot: %s", errname(err));
	}
}

static void expect_same(struct __test_metadata *_metadata,
			const struct memory_snapshot *before,
			unsigned int flags, const char *when)
{
	char text[2048];

	EXPECT_EQ(0, memory_snapshot_differs(before, flags, text,
					     sizeof(text))) {
		TH_LOG("%s: %s", when, text);
	}
}

/* A veto of each direction, of the one block of the node that is touched. */
static void veto_both(struct __test_metadata *_metadata, unsigned long id,
		      const char *type, unsigned int flags)
{
	struct memory_snapshot offline, online;

	take(_metadata, &offline, flags);

	inject(_metadata, ONLINE, ENOMEM);
	write_state(_metadata, id, type, -ENOMEM, "vetoed");
	expect_same(_metadata, &offline, flags, "online vetoed");
	inject(_metadata, ONLINE, 0);

	write_state(_metadata, id, type, 0, "after a veto");
	take(_metadata, &online, flags);

	inject(_metadata, OFFLINE, EBUSY);
	write_state(_metadata, id, "offline", -EBUSY, "vetoed");
	expect_same(_metadata, &online, flags, "offline vetoed");
	inject(_metadata, OFFLINE, 0);

	write_state(_metadata, id, "offline", 0, "after a veto");
	if (!strcmp(type, "online_kernel"))
		settle(_metadata, id);
	expect_same(_metadata, &offline, flags, "online and offline");

	memory_snapshot_free(&offline);
	memory_snapshot_free(&online);
}

/*
 * The first block of a node and the last one: an operation that is vetoed leaves
 * nothing behind, not in the zone, the node masks, the zonelists or the
 * threads. The next one works, and both together leave nothing behind either.
 */
TEST_F_TIMEOUT(notifier, only_block, TEST_TIMEOUT_S)
{
	const struct ground *ground = &self->ground;

	veto_both(_metadata, ground->id, "online_movable", ground->flags);
	if (block_takes_kernel_zone(&ground->node))
		veto_both(_metadata, ground->id, "online_kernel",
			  ground->flags);
}

/* The same with a block whose zone has other memory, which must stay. */
TEST_F_TIMEOUT(notifier, block_beside_another, TEST_TIMEOUT_S)
{
	const struct ground *ground = &self->ground;
	const struct memory_block *block, *other = NULL;
	char zone[ZONE_LEN];
	size_t i;

	for (i = 0; i < ground->blocks->nr; i++) {
		block = &ground->blocks->block[i];
		if (block->candidate && block->node == ground->node.id &&
		    block->id != ground->id)
			other = block;
	}
	if (!other)
		SKIP(return, "node %d has one candidate block",
		     ground->node.id);

	write_state(_metadata, other->id, "online_movable", 0, "before");
	settle(_metadata, ground->id);
	veto_both(_metadata, ground->id, "online_movable", ground->flags);
	ASSERT_EQ(0, memory_block_read(other->id, "valid_zones", zone,
				       sizeof(zone)));
	EXPECT_STREQ(ZONE_MOVABLE, zone);
}

FIXTURE(last_notifier) {
	struct ground ground;
};

FIXTURE_SETUP(last_notifier)
{
	const char *reason = prepare(_metadata, &self->ground, NOTIFIER_LAST);

	if (reason)
		SKIP(return, "%s", reason);
}

FIXTURE_TEARDOWN(last_notifier)
{
	put_back(_metadata, &self->ground);
}

/*
 * The write fails with the errno that the notifier gave, whichever it is: none
 * of them is taken for success, for another one, or for a reason to go on.
 */
TEST_F_TIMEOUT(last_notifier, errno_is_passed_on, TEST_TIMEOUT_S)
{
	static const int errnos[] = {
		EPERM, ENOENT, EINTR, EIO, EAGAIN, ENOMEM, EBUSY, EEXIST,
		ENODEV, EINVAL, ENOSPC, ETIMEDOUT,
	};
	const struct ground *ground = &self->ground;
	struct memory_snapshot offline, online;
	size_t i;

	take(_metadata, &offline, ground->flags);
	for (i = 0; i < ARRAY_LEN(errnos); i++) {
		inject(_metadata, ONLINE, errnos[i]);
		write_state(_metadata, ground->id, "online_movable",
			    -errnos[i], "vetoed");
	}
	expect_same(_metadata, &offline, ground->flags, "online vetoed");
	inject(_metadata, ONLINE, 0);
	write_state(_metadata, ground->id, "online_movable", 0, "after vetoes");

	take(_metadata, &online, ground->flags);
	for (i = 0; i < ARRAY_LEN(errnos); i++) {
		inject(_metadata, OFFLINE, errnos[i]);
		write_state(_metadata, ground->id, "offline", -errnos[i],
			    "vetoed");
	}
	expect_same(_metadata, &online, ground->flags, "offline vetoed");
	inject(_metadata, OFFLINE, 0);
	write_state(_metadata, ground->id, "offline", 0, "after vetoes");
	expect_same(_metadata, &offline, ground->flags, "online and offline");

	memory_snapshot_free(&offline);
	memory_snapshot_free(&online);
}

/* Only the first CPU, or all others. */
static int use_cpus(bool first)
{
	cpu_set_t set;
	int cpu;

	CPU_ZERO(&set);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (!cpu == first)
			CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

/*
 * Takes slabs from a node, as far as the kernel follows the policy, and nothing
 * else; on another CPU than the parent.
 */
static void hold_slab(int node, int ready, int go)
{
	const int bits = 8 * sizeof(unsigned long);
	unsigned long mask[1024 / (8 * sizeof(unsigned long))] = {};
	const int size = PIPE_PAGES * sysconf(_SC_PAGESIZE);
	int fds[NR_PIPES][2], i;
	char byte = 0;

	mask[node / bits] = 1UL << node % bits;
	if (use_cpus(false))
		_exit(errno);
	for (i = 0; i < NR_PIPES; i++)
		if (pipe(fds[i]))
			_exit(errno);

	if (syscall(__NR_set_mempolicy, MPOL_BIND, mask,
		    ARRAY_LEN(mask) * bits))
		_exit(errno);
	for (i = 0; i < NR_PIPES; i++)
		if (fcntl(fds[i][0], F_SETPIPE_SZ, size) < 0)
			_exit(errno);
	if (syscall(__NR_set_mempolicy, MPOL_DEFAULT, NULL, 0))
		_exit(errno);

	if (write(ready, &byte, 1) != 1 || read(go, &byte, 1) < 0)
		_exit(errno);
	_exit(0);
}

static long slab_kib(int node)
{
	char path[PATH_LEN], text[4096], *pos;
	long kib = -1;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/meminfo", node);
	if (attr_read(path, text, sizeof(text)))
		return -1;
	pos = strstr(text, " Slab:");
	if (!pos || sscanf(pos, " Slab: %ld", &kib) != 1)
		return -1;
	return kib;
}

/*
 * C2. What a veto leaves of slab's state of the node (by design, it keeps
 * what it has allocated for it) serves when the node gets memory after all: slabs
 * can be allocated there, which keep the block online, and given back, so that it
 * can go.
 */
TEST_F_TIMEOUT(last_notifier, slab_allocates_after_veto, TEST_TIMEOUT_S)
{
	const struct ground *ground = &self->ground;
	const int node = ground->node.id;
	struct pollfd pfd = { .events = POLLIN };
	int ready[2], go[2], status = 0, err;
	struct memory_snapshot before, online;
	char byte;
	pid_t pid;

	if (!block_takes_kernel_zone(&ground->node))
		SKIP(return, "no node without boot memory and CPUs to risk a kernel zone on");
	take(_metadata, &before, ground->flags);

	inject(_metadata, ONLINE, EPERM);
	write_state(_metadata, ground->id, "online_kernel", -EPERM, "vetoed");
	expect_same(_metadata, &before, ground->flags, "online vetoed");
	inject(_metadata, ONLINE, 0);
	write_state(_metadata, ground->id, "online_kernel", 0, "after a veto");

	ASSERT_EQ(0, use_cpus(true));
	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(go[1]);
		hold_slab(node, ready[1], go[0]);
	}
	close(ready[1]);
	pfd.fd = ready[0];
	ASSERT_EQ(1, poll(&pfd, 1, CHILD_MS)) {
		TH_LOG("the child takes slabs from node %d for ever", node);
	}
	EXPECT_EQ(1, read(ready[0], &byte, 1)) {
		TH_LOG("no large pipes under a policy for node %d", node);
	}
	EXPECT_LE(NR_PIPES * PIPE_BYTES / 2 / 1024, slab_kib(node)) {
		TH_LOG("node %d has %ld KiB of slab", node, slab_kib(node));
	}

	take(_metadata, &online, ground->flags);
	write_state(_metadata, ground->id, "offline", -EBUSY, "with slabs");
	expect_same(_metadata, &online, ground->flags, "offline refused");
	memory_snapshot_free(&online);

	close(go[1]);
	EXPECT_EQ(0, wait_child(pid, &status, CHILD_MS));
	EXPECT_EQ(0, status) {
		TH_LOG("the child failed: %s", errname(WEXITSTATUS(status)));
	}
	close(go[0]);
	close(ready[0]);

	err = memory_block_offline(ground->id);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: offline: %s", ground->id, errname(err));
	}
	settle(_metadata, ground->id);
	expect_same(_metadata, &before, ground->flags, "online and offline");
	memory_snapshot_free(&before);
}

/*
 * The comparisons above would see a difference if there were one: what an online
 * changes in the first block of a node is in the snapshot, fact by fact.
 */
TEST_F_TIMEOUT(last_notifier, snapshot_sees_online, TEST_TIMEOUT_S)
{
	const struct ground *ground = &self->ground;
	const int node = ground->node.id;
	struct memory_snapshot before, after;
	static const char *const changed[] = {
		"node %d zone Movable: present", "node %d zone Movable: managed",
		"node %d zone Movable: spanned", "node %d zone Movable: low",
		"node %d zone Movable: high", "node %d zone Movable: free",
		"node %d zone Movable: start_pfn",
		"node %d zone Movable: pageblocks",
		"node %d zone Movable: isolated pageblocks",
		"/proc/meminfo MemTotal", "memory%d",
	};
	char name[ATTR_LEN], text[65536];
	const char *was, *is;
	size_t i;

	take(_metadata, &before, ground->flags);
	snprintf(name, sizeof(name), changed[0], node);
	was = memory_snapshot_value(&before, name);
	ASSERT_NE(NULL, was);
	if (strcmp(was, "0"))
		SKIP(return, "node %d has ZONE_MOVABLE that must stay online",
		     node);
	write_state(_metadata, ground->id, "online_movable", 0, "no veto");
	take(_metadata, &after, ground->flags);
	EXPECT_LT(ARRAY_LEN(changed),
		  memory_snapshot_compare(&before, &after, text, sizeof(text)));
	for (i = 0; i < ARRAY_LEN(changed); i++) {
		snprintf(name, sizeof(name), changed[i],
			 strstr(changed[i], "memory") == changed[i] ?
			 (int)ground->id : node);
		was = memory_snapshot_value(&before, name);
		is = memory_snapshot_value(&after, name);
		ASSERT_NE(NULL, is) {
			TH_LOG("no \"%s\" in the snapshot", name);
		}
		EXPECT_TRUE(!was || strcmp(was, is)) {
			TH_LOG("%s: %s, offline and online", name, is);
		}
	}
	memory_snapshot_free(&before);
	memory_snapshot_free(&after);
}

int main(int argc, char **argv)
{
	memory_guard_also(notifier_inject_restore);
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
