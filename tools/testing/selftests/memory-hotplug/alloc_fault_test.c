// SPDX-License-Identifier: GPL-2.0
/*
 * When an allocation fails while memory goes online or offline, the operation
 * fails as a whole, or does without. One after the other, each allocation of an
 * operation is made to fail (Documentation/fault-injection/fault-injection.rst,
 * fail-nth).
 *
 * Left out are the allocations of a zone's per-CPU lists, since Linux does not
 * look whether it got them, and adding memory: on x86 a failure there warns or
 * panics, and nothing that user space adds can be removed by it again.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "attr_guard.h"
#include "block_kind.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "memory_snapshot.h"
#include "slab_cache.h"

#define DEBUGFS		"/sys/kernel/debug"
#define FAIL_NTH	"/proc/thread-self/fail-nth"

#define TEST_TIMEOUT_S	120

/* More allocations than this: it does not end. */
#define MAX_NTH		5000U

/* Pages that have to be migrated. */
#define NR_PAGES	4

/* How allocations are chosen to fail. */
static const char *const knobs[] = {
	DEBUGFS "/failslab/ignore-gfp-wait",
	DEBUGFS "/failslab/verbose",
	DEBUGFS "/failslab/cache-filter",
	DEBUGFS "/failslab/stacktrace-depth",
	DEBUGFS "/failslab/reject-start",
	DEBUGFS "/failslab/reject-end",
	DEBUGFS "/fail_page_alloc/ignore-gfp-wait",
	DEBUGFS "/fail_page_alloc/ignore-gfp-highmem",
	DEBUGFS "/fail_page_alloc/min-order",
	DEBUGFS "/fail_page_alloc/verbose",
	DEBUGFS "/fail_page_alloc/stacktrace-depth",
	DEBUGFS "/fail_page_alloc/reject-start",
	DEBUGFS "/fail_page_alloc/reject-end",
};

/* Any allocation, silently; @start and @end are what to leave out. */
static const char *knob_value(const char *path, const char *start,
			      const char *end)
{
	const char *name = strrchr(path, '/') + 1;

	if (!strcmp(name, "reject-start"))
		return start;
	if (!strcmp(name, "reject-end"))
		return end;
	if (!strcmp(name, "stacktrace-depth"))
		return "32";
	return strcmp(name, "min-order") && strcmp(name, "verbose") ? "N" : "0";
}

/* Where a function is, up to the next symbol. */
static int find_function(const char *function, char *start, char *end)
{
	unsigned long long addr, from = 0, to = -1ULL;
	char line[512], name[256];
	FILE *file;

	file = fopen("/proc/kallsyms", "re");
	if (!file)
		return -errno;
	while (!from && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx %*c %255s", &addr, name) == 2 &&
		    !strcmp(name, function))
			from = addr;
	rewind(file);
	while (from && fgets(line, sizeof(line), file)) {
		addr = strtoull(line, NULL, 16);
		if (addr > from && addr < to)
			to = addr;
	}
	fclose(file);
	snprintf(start, ATTR_LEN, "%llu", from);
	snprintf(end, ATTR_LEN, "%llu", to);
	return from ? 0 : -ENOENT;
}

static int set_knobs(const char *start, const char *end)
{
	const char *value;
	ssize_t ret;
	size_t i;

	for (i = 0; i < ARRAY_LEN(knobs); i++) {
		value = knob_value(knobs[i], start, end);
		ret = attr_write(knobs[i], value, strlen(value));
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* The operation, and what comes before and after it. */
struct operation {
	const char *from;
	const char *to;
	const char *back;
};

FIXTURE(faults) {
	const struct memory_blocks *blocks;
	struct memory_node node;
	unsigned long id;
	int fail_nth;
	int state;
};

FIXTURE_VARIANT(faults) {
	struct operation op;
	bool kernel;
	bool slab;
	bool pages;
};

FIXTURE_VARIANT_ADD(faults, online_movable) {
	.op.from = "offline",
	.op.to = "online_movable",
	.op.back = "offline",
};

FIXTURE_VARIANT_ADD(faults, online_kernel) {
	.op.from = "offline",
	.op.to = "online_kernel",
	.op.back = "offline",
	.kernel = true,
	.slab = true,
};

FIXTURE_VARIANT_ADD(faults, offline_movable) {
	.op.from = "online_movable",
	.op.to = "offline",
	.op.back = "online_movable",
};

FIXTURE_VARIANT_ADD(faults, offline_kernel) {
	.op.from = "online_kernel",
	.op.to = "offline",
	.op.back = "online_kernel",
	.kernel = true,
};

/* With pages that have to go elsewhere, for which there is no room at first. */
FIXTURE_VARIANT_ADD(faults, offline_with_pages) {
	.op.from = "online_movable",
	.op.to = "offline",
	.op.back = "online_movable",
	.pages = true,
};

FIXTURE_SETUP(faults)
{
	char start[ATTR_LEN], end[ATTR_LEN], path[PATH_LEN];
	const struct memory_block *block;
	const char *reason;
	unsigned long id;
	int err;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	if (memory_node_find(self->blocks, true, &self->node) &&
	    memory_node_find(self->blocks, false, &self->node))
		SKIP(return, "no memory block is offline or in ZONE_MOVABLE");
	if (variant->kernel && !block_takes_kernel_zone(&self->node))
		SKIP(return, "no node without boot memory and CPUs to risk a kernel zone on");

	if (variant->slab && access(SLAB_CACHE_FILE, W_OK))
		SKIP(return, "no CONFIG_MEMHP_CACHE or no debugfs");
	if (access(FAIL_NTH, W_OK) || access(knobs[0], W_OK) ||
	    access(DEBUGFS "/fail_page_alloc", F_OK))
		SKIP(return, "no CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC or no debugfs");
	if (find_function("setup_zone_pageset", start, end))
		SKIP(return, "no setup_zone_pageset() in /proc/kallsyms");
	err = set_knobs(start, end);
	if (err == -ENOENT)
		SKIP(return, "no CONFIG_FAULT_INJECTION_STACKTRACE_FILTER");
	ASSERT_EQ(0, err);

	ASSERT_EQ(0, memory_node_offline(self->blocks, self->node.id, &id));
	block = self->blocks->block;
	while (!block->candidate || block->node != self->node.id)
		block++;
	self->id = block->id;

	/* Opened before: these allocations are none of the operation's. */
	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/state", self->id);
	self->state = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, self->state);
	self->fail_nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fail_nth);
}

FIXTURE_TEARDOWN(faults)
{
	EXPECT_EQ(0U, attr_guard_restore());
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

/*
 * Writes to "state" with the @nth allocation failing, 0 for none. Says in
 * @failed whether there were that many.
 */
static int write_faulty(struct __test_metadata *_metadata, int state,
			int fail_nth, const char *value, unsigned int nth,
			bool *failed)
{
	char text[16];
	ssize_t len;
	int err = 0;

	snprintf(text, sizeof(text), "%u", nth);
	ASSERT_LT(0, pwrite(fail_nth, text, strlen(text), 0));
	if (pwrite(state, value, strlen(value), 0) < 0)
		err = -errno;
	len = pread(fail_nth, text, sizeof(text) - 1, 0);
	/* Whatever follows is to have its allocations. */
	ASSERT_LT(0, pwrite(fail_nth, "0", 1, 0));
	ASSERT_LT(0, len);
	text[len] = '\0';
	*failed = nth && !strtoul(text, NULL, 10);
	return err;
}

static void set_state(struct __test_metadata *_metadata, unsigned long id,
		      const char *state)
{
	int err;

	if (!strcmp(state, "offline"))
		err = memory_block_offline(id);
	else
		err = memory_block_write(id, "state", state);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: \"%s\", no fault injected: %s", id, state,
		       errname(err));
	}
}

static void settle(struct __test_metadata *_metadata, unsigned long id,
		   const char *type)
{
	int err = memory_block_settle(id, type);

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: \"%s\", offline: %s", id, type,
		       errname(err));
	}
}

/* Pages on a node; those that were moved away are brought back. */
static void place_pages(struct __test_metadata *_metadata, char *pages,
			int node)
{
	const long size = sysconf(_SC_PAGESIZE);
	const int bits = 8 * sizeof(unsigned long);
	unsigned long mask[1024 / (8 * sizeof(unsigned long))] = {};

	mask[node / bits] = 1UL << node % bits;
	ASSERT_EQ(0, syscall(__NR_mbind, pages, NR_PAGES * size, MPOL_PREFERRED,
			     mask, ARRAY_LEN(mask) * bits, MPOL_MF_MOVE)) {
		TH_LOG("mbind to node %d: %s", node, strerror(errno));
	}
	memset(pages, 1, NR_PAGES * size);
}

static void expect_same(struct __test_metadata *_metadata,
			const struct memory_snapshot *before,
			unsigned int flags, unsigned int nth, const char *when)
{
	char text[2048];

	EXPECT_EQ(0, memory_snapshot_differs(before, flags, text,
					     sizeof(text))) {
		TH_LOG("allocation %u failed, %s: %s", nth, when, text);
	}
}

/* The kernel threads of a node with memory: Linux goes on without them. */
static unsigned int missing_threads(struct __test_metadata *_metadata, int node)
{
	static const char *const threads[] = { "kswapd%d", "kcompactd%d" };
	struct memory_snapshot now;
	unsigned int missing = 0;
	char name[ATTR_LEN];
	size_t i;

	ASSERT_EQ(0, memory_snapshot_take(&now, MEMORY_SNAPSHOT_THREADS));
	for (i = 0; i < ARRAY_LEN(threads); i++) {
		snprintf(name, sizeof(name), threads[i], node);
		missing += !memory_snapshot_value(&now, name);
	}
	memory_snapshot_free(&now);
	return missing;
}

/* What is the case before an operation and after it, and how it went. */
struct account {
	unsigned int flags;
	struct memory_snapshot before;
	struct memory_snapshot after;
	unsigned int gave_up;
	unsigned int went_on;
	unsigned int no_thread;
};

/*
 * What hotplug calculates is to be what it was, so what comes last is what came
 * last then. That was not "online_kernel", which would have brought what slab has
 * for the node, and left nothing to fail.
 */
static void take_back(struct __test_metadata *_metadata, unsigned long id,
		      const struct operation *op)
{
	set_state(_metadata, id, op->back);
	if (!strcmp(op->to, "online_kernel"))
		settle(_metadata, id, "online_movable");
}

/*
 * The operation is done: takes it back. The state it came to is compared
 * to that without a failure, which is not known before it happens once, since
 * then all is there that may be needed the first time only.
 */
static void check_done(struct __test_metadata *_metadata, unsigned long id,
		       const struct operation *op, struct account *account,
		       unsigned int nth)
{
	const unsigned int threads = MEMORY_SNAPSHOT_THREADS;
	struct memory_snapshot done;
	char text[2048];

	ASSERT_EQ(0, memory_snapshot_take(&done, account->flags));
	take_back(_metadata, id, op);
	expect_same(_metadata, &account->before, account->flags | threads, nth,
		    "undone");
	if (!account->after.nr) {
		set_state(_metadata, id, op->to);
		ASSERT_EQ(0, memory_snapshot_take(&account->after,
						  account->flags));
		take_back(_metadata, id, op);
	}
	EXPECT_EQ(0U, memory_snapshot_compare(&account->after, &done, text,
					      sizeof(text))) {
		TH_LOG("allocation %u failed, done: %s", nth, text);
	}
	memory_snapshot_free(&done);
}

/*
 * A cache that is newer than the node's last memory for the kernel needs something
 * for it. Whichever allocation fails: once the memory is online, the cache uses it.
 */
static void expect_slab_uses(struct __test_metadata *_metadata,
			     unsigned long id, int node, int state, int fail_nth)
{
	struct slab_cache cache;
	struct slab_count count;
	bool failed = true;
	unsigned int nth;
	int err;

	for (nth = 1; failed; nth++) {
		ASSERT_GT(MAX_NTH, nth);
		ASSERT_EQ(0, slab_cache_open(&cache));
		ASSERT_EQ(0, slab_cache_create(&cache, false));
		err = write_faulty(_metadata, state, fail_nth, "online_kernel",
				   nth, &failed);
		if (!err) {
			EXPECT_EQ(0, slab_cache_do(&cache, "alloc %d 1", node));
			EXPECT_EQ(0, slab_cache_objects(&cache, node, &count));
			EXPECT_EQ(1UL, count.on_node) {
				TH_LOG("allocation %u failed, slab does not use node %d",
				       nth, node);
			}
		}
		slab_cache_close(&cache);
		if (!err)
			set_state(_metadata, id, "offline");
	}
}

/*
 * Each allocation of the operation fails once. If the operation fails, then with
 * ENOMEM and nothing has changed; if it does without, then it is done. What
 * follows is not affected.
 *
 * If the node has never had a zone for the kernel, then slab's allocations are
 * among those of "online_kernel". What slab has got stays, by design, so that
 * each attempt gets further, and then all begins anew with what is left.
 */
TEST_F_TIMEOUT(faults, each_allocation, TEST_TIMEOUT_S)
{
	const struct operation *op = &variant->op;
	const bool online = strcmp(op->to, "offline");
	const long size = sysconf(_SC_PAGESIZE);
	const int node = self->node.id;
	unsigned int nth, threads, gave_up;
	struct account account = {};
	bool failed;
	char *pages = NULL;
	int err;

	/* Where pages have moved to is not for us to say. */
	account.flags = variant->pages ? 0 : MEMORY_SNAPSHOT_FREE_ON(node);
	threads = account.flags | MEMORY_SNAPSHOT_THREADS;
	if (variant->pages) {
		pages = mmap(NULL, NR_PAGES * size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT_NE(MAP_FAILED, pages);
	}

	/* What the boot has left is not what hotplug calculates anew. */
	settle(_metadata, self->id, online ? "online_movable" : op->from);
	if (!online)
		set_state(_metadata, self->id, op->from);
	ASSERT_EQ(0, memory_snapshot_take(&account.before, threads));

	do {
		gave_up = account.gave_up;
		failed = true;
		for (nth = 1; failed; nth++) {
			ASSERT_GT(MAX_NTH, nth);
			if (pages)
				place_pages(_metadata, pages, node);
			err = write_faulty(_metadata, self->state,
					   self->fail_nth, op->to, nth,
					   &failed);
			if (!err) {
				const bool missing = online &&
					missing_threads(_metadata, node);

				account.went_on += failed;
				account.no_thread += missing;
				EXPECT_TRUE(failed || !missing);
				check_done(_metadata, self->id, op, &account,
					   nth);
				continue;
			}
			account.gave_up++;
			EXPECT_TRUE(failed);
			EXPECT_EQ(-ENOMEM, err) {
				TH_LOG("allocation %u fails, \"%s\" says: %s",
				       nth, op->to, errname(err));
			}
			expect_same(_metadata, &account.before, threads, nth,
				    "nothing done");
		}
	} while (account.gave_up > gave_up + 1 && !gave_up);

	TH_LOG("\"%s\": fails without %u allocations, goes on without %u",
	       op->to, account.gave_up, account.went_on);
	if (account.no_thread)
		TH_LOG("%u times the node has no kswapd or no kcompactd",
		       account.no_thread);
	EXPECT_LT(0U, account.gave_up);
	if (variant->slab)
		expect_slab_uses(_metadata, self->id, node, self->state,
				 self->fail_nth);

	memory_snapshot_free(&account.before);
	memory_snapshot_free(&account.after);
}

int main(int argc, char **argv)
{
	attr_guard_enter(knobs, ARRAY_LEN(knobs));
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
