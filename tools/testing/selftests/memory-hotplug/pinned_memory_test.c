// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that cannot be migrated: an offline waits for what is pinned for a
 * short while, and what is pinned for long is not in ZONE_MOVABLE.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "expected_failure.h"
#include "hugepage_pool.h"
#include "kernel_version.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "memory_content.h"
#include "memory_snapshot.h"
#include "movable_block.h"
#include "offline_attempt.h"

/* How often a migration must have failed before it is interrupted. */
#define RETRIES		3

#define SEED		1
#define STALL_MS	10000
#define TEST_TIMEOUT_S	60

FIXTURE(pinned) {
	const struct memory_blocks *blocks;
	struct movable_block block;
	struct memory_content content;
	pid_t child;
	int pipe[2];
	int ring;
};

FIXTURE_VARIANT(pinned) {
	enum memory_kind kind;
	int flag;
};

FIXTURE_VARIANT_ADD(pinned, anon) {
	.kind = MEMORY_ANON,
};

FIXTURE_VARIANT_ADD(pinned, shmem) {
	.kind = MEMORY_SHMEM,
};

FIXTURE_VARIANT_ADD(pinned, thp) {
	.kind = MEMORY_THP,
	.flag = KPAGE_THP,
};

FIXTURE_VARIANT_ADD(pinned, hugetlb) {
	.kind = MEMORY_HUGETLB,
	.flag = KPAGE_HUGE,
};

FIXTURE_SETUP(pinned)
{
	const size_t page_size = sysconf(_SC_PAGESIZE);
	const char *reason;
	unsigned long huge;
	int err;

	self->content.fd = -1;
	self->pipe[0] = -1;
	self->pipe[1] = -1;
	self->ring = -1;
	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	/* A test before this one may not have got to its teardown. */
	ASSERT_EQ(0U, hugepage_pool_restore());
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	if (movable_block_pick(self->blocks, &self->block))
		SKIP(return, "no memory block is offline or in ZONE_MOVABLE");
	err = movable_block_alone(self->blocks, &self->block);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: alone in the zone: %s",
		       self->block.id, errname(err));
	}

	if (variant->kind == MEMORY_HUGETLB) {
		err = hugepage_pool_add(self->block.node.id, 1);
		if (err == -ENOENT)
			SKIP(return, "no huge pages of 2 MiB");
		ASSERT_EQ(0, err);
	}
	/* One page, be it huge: all of it stays when it is pinned. */
	err = memory_content_create(&self->content, variant->kind,
				    variant->flag ? CONTENT_UNIT : page_size,
				    SEED, self->block.node.id);
	if (err == -EOPNOTSUPP)
		SKIP(return, "no such memory here");
	ASSERT_EQ(0, err) {
		TH_LOG("content: %s", errname(err));
	}
	ASSERT_EQ(0, movable_block_sweep(&self->block));
	ASSERT_EQ(0, memory_content_move(&self->content, self->block.node.id));
	/* Whoever writes to a page that a child shares gets another one. */
	ASSERT_EQ(0, madvise(self->content.map, self->content.size,
			     MADV_DONTFORK));
	if (!variant->flag)
		return;
	ASSERT_EQ(0, memory_content_flagged(&self->content, variant->flag, &huge));
	ASSERT_EQ(memory_content_pages(&self->content), huge);
}

FIXTURE_TEARDOWN(pinned)
{
	if (!self->blocks)
		return;
	/* What a ring has when it is closed is let go some time later. */
	if (self->ring >= 0) {
		syscall(__NR_io_uring_register, self->ring,
			IORING_UNREGISTER_BUFFERS, NULL, 0);
		close(self->ring);
	}
	page_unpin(self->pipe);
	if (self->child > 0) {
		kill(self->child, SIGKILL);
		EXPECT_EQ(0, wait_child(self->child, NULL, STALL_MS));
	}
	memory_content_destroy(&self->content);
	EXPECT_EQ(0U, hugepage_pool_restore());
	EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

static void expect_data(struct __test_metadata *_metadata,
			const struct memory_content *content,
			uint32_t generation)
{
	struct memory_damage damage = {};
	int err = memory_content_check(content, generation, &damage);

	EXPECT_EQ(0, err) {
		TH_LOG("data lost: %s: offset %#zx: expected %#llx, got %#llx",
		       errname(err), damage.offset,
		       (unsigned long long)damage.expected,
		       (unsigned long long)damage.found);
	}
}

static void renew_data(struct __test_metadata *_metadata,
		       const struct memory_content *content,
		       uint32_t generation)
{
	struct memory_damage damage = {};

	EXPECT_EQ(0, memory_content_renew(content, generation, &damage)) {
		TH_LOG("data lost: offset %#zx", damage.offset);
	}
}

static void expect_in_block(struct __test_metadata *_metadata,
			    const struct memory_content *content,
			    const struct movable_block *block,
			    unsigned long block_pages, unsigned long expected)
{
	unsigned long pages = 0;
	int err = memory_content_in_block(content, block->id, block_pages,
					  &pages);

	ASSERT_EQ(0, err) {
		TH_LOG("pagemap: %s", errname(err));
	}
	EXPECT_EQ(expected, pages) {
		TH_LOG("memory%lu has %lu pages of the content",
		       block->id, pages);
	}
}

static void expect_offline(struct __test_metadata *_metadata,
			   const struct memory_content *content,
			   const struct movable_block *block,
			   unsigned long block_pages)
{
	int err = memory_block_write(block->id, "state", "offline");

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: offline: %s", block->id, errname(err));
	}
	expect_in_block(_metadata, content, block, block_pages, 0);
}

/* That, and nothing else: once for each time that a huge page was let go. */
static bool miscounted_huge_page(const char *differs, unsigned long pages)
{
	const char *count = strstr(differs, "nr_isolated_anon: ");
	long before, after;

	return memory_snapshot_miscounts() && count &&
	       sscanf(count, "nr_isolated_anon: was \"%ld\", is \"%ld\"",
		      &before, &after) == 2 &&
	       after < before && !((before - after) % (long)(pages - 1));
}

/*
 * A page that somebody holds a reference to stays where it is, and so does the
 * block: the offline tries again and again, until it is interrupted, and all is
 * as it was. Once the page is let go, the offline succeeds. The data can be
 * used all the time.
 */
TEST_F_TIMEOUT(pinned, offline_waits_until_interrupted, TEST_TIMEOUT_S)
{
	const unsigned int flags = self->block.quiet ? MEMORY_SNAPSHOT_FREE : 0;
	const unsigned long pages = memory_content_pages(&self->content);
	const unsigned long block_pages = self->blocks->pages;
	struct memory_snapshot before;
	char text[4096], state[ATTR_LEN];
	struct zone_pages zone;
	bool miscounted;
	int err, status;

	expect_in_block(_metadata, &self->content, &self->block, block_pages,
			pages);
	err = page_pin(self->content.map, self->pipe);
	ASSERT_EQ(0, err) {
		TH_LOG("vmsplice: %s", errname(err));
	}
	ASSERT_EQ(0, memory_snapshot_take(&before, flags));
	ASSERT_EQ(0, zone_pages_read(self->block.node.id, ZONE_MOVABLE, &zone));

	self->child = offline_attempt_start(self->block.id, 0, 0);
	ASSERT_LT(0, self->child);
	err = offline_attempt_isolated(self->child, self->block.node.id,
				       zone.free, block_pages / 2);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: wait for isolation: %s",
		       self->block.id, errname(err));
	}
	renew_data(_metadata, &self->content, 0);
	err = offline_attempt_retried(self->child, RETRIES);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: wait for retries: %s",
		       self->block.id, errname(err));
	}
	ASSERT_EQ(0, memory_block_read(self->block.id, "state", state,
				       sizeof(state)));
	EXPECT_STREQ("going-offline", state);

	kill(self->child, SIGUSR1);
	err = wait_child(self->child, &status, STALL_MS);
	ASSERT_EQ(0, err) {
		TH_LOG("a signal does not end the offline of memory%lu",
		       self->block.id);
	}
	self->child = 0;
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(EINTR, WEXITSTATUS(status));
	err = memory_snapshot_differs(&before, flags, text, sizeof(text));
	miscounted = err == 1 && variant->kind == MEMORY_THP &&
		     miscounted_huge_page(text, pages);
	EXPECT_TRUE(!err || miscounted) {
		TH_LOG("%s", text);
	}
	memory_snapshot_free(&before);
	renew_data(_metadata, &self->content, 1);
	expect_in_block(_metadata, &self->content, &self->block, block_pages,
			pages);

	page_unpin(self->pipe);
	expect_offline(_metadata, &self->content, &self->block, block_pages);
	expect_data(_metadata, &self->content, 2);
	if (miscounted)
		EXPECTED_FAILURE(return, "a huge page is counted as one: %s",
				 text);
}

static int register_buffer(int ring, const struct memory_content *content)
{
	const struct iovec iov = {
		.iov_base = content->map, .iov_len = content->size,
	};

	return syscall(__NR_io_uring_register, ring, IORING_REGISTER_BUFFERS,
		       &iov, 1) ? -errno : 0;
}

static int open_ring(void)
{
	struct io_uring_params params = {};

	return syscall(__NR_io_uring_setup, 1, &params);
}

/* How many pages are in ZONE_MOVABLE, of any node. */
static unsigned long movable_pages(struct __test_metadata *_metadata,
				   const struct memory_content *content)
{
	unsigned long pages, sum = 0;
	struct memory_blocks blocks;
	size_t i;

	ASSERT_EQ(0, memory_blocks_read(&blocks));
	for (i = 0; i < blocks.nr; i++) {
		if (strcmp(blocks.block[i].zone, ZONE_MOVABLE))
			continue;
		ASSERT_EQ(0, memory_content_in_block(content,
						     blocks.block[i].id,
						     blocks.pages, &pages));
		sum += pages;
	}
	free(blocks.block);
	return sum;
}

/* A node from which a huge page comes that is not in ZONE_MOVABLE. */
static int kernel_node(const struct memory_blocks *blocks)
{
	size_t i;

	for (i = 0; i < blocks->nr; i++)
		if (!blocks->block[i].candidate)
			return blocks->block[i].node;
	return -1;
}

/*
 * Memory that is pinned for as long as user space likes, here a buffer that is
 * registered with io_uring, leaves ZONE_MOVABLE first. So it does not keep the
 * block from going offline. If it cannot leave, it cannot be pinned: there must be
 * a free huge page for a huge one.
 */
TEST_F_TIMEOUT(pinned, long_term_leaves_zone_movable, TEST_TIMEOUT_S)
{
	const unsigned long block_pages = self->blocks->pages;
	int err;

	if (variant->kind == MEMORY_HUGETLB && kernel_before(6, 6))
		SKIP(return, "follow_hugetlb_page() warns of ZONE_MOVABLE");
	self->ring = open_ring();
	if (self->ring < 0)
		SKIP(return, "io_uring_setup: %s", strerror(errno));
	ASSERT_EQ(memory_content_pages(&self->content),
		  movable_pages(_metadata, &self->content));
	if (variant->kind == MEMORY_HUGETLB && !hugepage_pool_free()) {
		EXPECT_EQ(-ENOMEM, register_buffer(self->ring, &self->content));
		expect_in_block(_metadata, &self->content, &self->block,
				block_pages, memory_content_pages(&self->content));
		expect_data(_metadata, &self->content, 0);
	}
	if (variant->kind == MEMORY_HUGETLB &&
	    hugepage_pool_add(kernel_node(self->blocks), 1))
		SKIP(return, "no huge page on node %d", kernel_node(self->blocks));

	err = register_buffer(self->ring, &self->content);
	ASSERT_EQ(0, err) {
		TH_LOG("IORING_REGISTER_BUFFERS: %s", errname(err));
	}
	EXPECT_EQ(0UL, movable_pages(_metadata, &self->content));
	expect_data(_metadata, &self->content, 0);

	expect_offline(_metadata, &self->content, &self->block, block_pages);
	renew_data(_metadata, &self->content, 0);
}

int main(int argc, char **argv)
{
	hugepage_pool_guard();
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
