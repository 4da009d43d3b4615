// SPDX-License-Identifier: GPL-2.0
/*
 * No data is lost when the memory that holds it goes offline.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "hugepage_pool.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "memory_content.h"
#include "movable_block.h"

#define NR_WORKERS	3

/* Of base pages, and of one content in huge pages. */
#define NR_PAGES	64
#define HUGE_SIZE	CONTENT_UNIT

/* How often the memory goes offline under each kind of content. */
#define ROUNDS		2

/* No child needs that long for one sweep or one answer. */
#define STALL_MS	30000
#define TEST_TIMEOUT_S	120

/* What workers are asked for, once each time that the request changes. */
enum request_type {
	REQUEST_COUNT,
	REQUEST_MOVE,
};

/* What a worker says about itself. */
struct worker {
	const char *what;
	int err;
	struct memory_damage damage;
	unsigned long sweeps;
	unsigned int answered;
	unsigned long pages;
};

/* Belongs to all processes of a test. */
struct shared {
	bool stop;
	enum request_type type;
	unsigned int request;
	struct worker worker[NR_WORKERS];
};

FIXTURE(content) {
	const struct memory_blocks *blocks;
	struct movable_block block;
	struct shared *shared;
	struct memory_content kept;
	pid_t worker[NR_WORKERS];
};

FIXTURE_VARIANT(content) {
	enum memory_kind kind;
	int flag;
};

FIXTURE_VARIANT_ADD(content, anon) {
	.kind = MEMORY_ANON,
};

FIXTURE_VARIANT_ADD(content, mlocked) {
	.kind = MEMORY_MLOCKED,
};

FIXTURE_VARIANT_ADD(content, thp) {
	.kind = MEMORY_THP,
	.flag = KPAGE_THP,
};

FIXTURE_VARIANT_ADD(content, shmem) {
	.kind = MEMORY_SHMEM,
};

FIXTURE_VARIANT_ADD(content, memfd) {
	.kind = MEMORY_MEMFD,
};

FIXTURE_VARIANT_ADD(content, tmpfs) {
	.kind = MEMORY_TMPFS,
};

FIXTURE_VARIANT_ADD(content, file) {
	.kind = MEMORY_FILE,
};

FIXTURE_VARIANT_ADD(content, hugetlb) {
	.kind = MEMORY_HUGETLB,
	.flag = KPAGE_HUGE,
};

FIXTURE_SETUP(content)
{
	const size_t page_size = sysconf(_SC_PAGESIZE);
	const size_t size = variant->flag ? HUGE_SIZE : NR_PAGES * page_size;
	const char *reason;
	int err;

	self->kept.fd = -1;
	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	/* A test before this one may not have got to its teardown. */
	ASSERT_EQ(0U, hugepage_pool_restore());
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	if (movable_block_pick(self->blocks, &self->block))
		SKIP(return, "no memory block is offline or in ZONE_MOVABLE");
	if (self->blocks->pages * page_size < 16 * HUGE_SIZE)
		SKIP(return, "a memory block is too small");

	err = movable_block_alone(self->blocks, &self->block);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: alone in the zone: %s",
		       self->block.id, errname(err));
	}
	if (variant->kind == MEMORY_HUGETLB) {
		/* One for each content, and one that nobody uses. */
		err = hugepage_pool_add(self->block.node.id, NR_WORKERS + 2);
		if (err == -ENOENT)
			SKIP(return, "no huge pages of 2 MiB");
		ASSERT_EQ(0, err) {
			TH_LOG("node %d: %d huge pages: %s",
			       self->block.node.id, NR_WORKERS + 2, errname(err));
		}
	}
	err = memory_content_create(&self->kept, variant->kind, size,
				    NR_WORKERS, self->block.node.id);
	if (err == -EOPNOTSUPP)
		SKIP(return, "no such memory here");
	ASSERT_EQ(0, err) {
		TH_LOG("content: %s", errname(err));
	}

	self->shared = mmap(NULL, sizeof(*self->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->shared);
}

FIXTURE_TEARDOWN(content)
{
	size_t i;

	if (!self->blocks)
		return;
	for (i = 0; i < NR_WORKERS; i++) {
		if (self->worker[i] <= 0)
			continue;
		kill(self->worker[i], SIGKILL);
		EXPECT_EQ(0, wait_child(self->worker[i], NULL, STALL_MS));
	}
	memory_content_destroy(&self->kept);
	EXPECT_EQ(0U, hugepage_pool_restore());
	EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

static unsigned long load(const unsigned long *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

/*
 * A worker's life: renews what it alone has, checks what all have, over and
 * over; and meanwhile answers, once it has seen all of its own data.
 */
static int work(struct shared *shared, struct worker *me, int seed,
		const struct memory_content *kept, unsigned long id,
		unsigned long block_pages, int node)
{
	struct memory_content own;
	unsigned int request = 0;
	uint32_t generation;
	int err;

	me->what = "create";
	err = memory_content_create(&own, kept->kind, kept->size, seed, node);
	for (generation = 0; !err; generation++) {
		me->what = "its own";
		err = memory_content_renew(&own, generation, &me->damage);
		if (err)
			break;
		me->what = "what all share";
		err = memory_content_check(kept, 0, &me->damage);
		if (err || __atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE))
			break;
		__atomic_add_fetch(&me->sweeps, 1, __ATOMIC_ACQ_REL);

		request = __atomic_load_n(&shared->request, __ATOMIC_ACQUIRE);
		if (request == me->answered)
			continue;
		if (shared->type == REQUEST_MOVE) {
			me->what = "move";
			err = memory_content_move(&own, node);
		}
		me->what = "look up";
		if (!err)
			err = memory_content_in_block(&own, id, block_pages,
						      &me->pages);
		__atomic_store_n(&me->answered, request, __ATOMIC_RELEASE);
	}
	memory_content_destroy(&own);
	__atomic_store_n(&me->err, err, __ATOMIC_RELEASE);
	return err ? KSFT_FAIL : KSFT_PASS;
}

/* Fails when a worker found that data is lost. */
static void check_worker(struct __test_metadata *_metadata,
			 const struct worker *worker)
{
	const int err = __atomic_load_n(&worker->err, __ATOMIC_ACQUIRE);

	ASSERT_NE(-EIO, err) {
		TH_LOG("data lost: %s: offset %#zx: expected %#llx, got %#llx",
		       worker->what, worker->damage.offset,
		       (unsigned long long)worker->damage.expected,
		       (unsigned long long)worker->damage.found);
	}
	ASSERT_EQ(0, err) {
		TH_LOG("worker: %s: %s", worker->what, errname(err));
	}
}

/* Until each worker has swept all data once more, from beginning to end. */
static void wait_for_sweeps(struct __test_metadata *_metadata,
			    struct shared *shared)
{
	unsigned long first[NR_WORKERS];
	const long long end = now_ms() + STALL_MS;
	bool behind;
	int i;

	for (i = 0; i < NR_WORKERS; i++)
		first[i] = load(&shared->worker[i].sweeps);
	do {
		behind = false;
		for (i = 0; i < NR_WORKERS; i++) {
			check_worker(_metadata, &shared->worker[i]);
			behind |= load(&shared->worker[i].sweeps) < first[i] + 2;
		}
		nap();
		ASSERT_GT(end, now_ms()) {
			TH_LOG("a worker is stuck");
		}
	} while (behind);
}

/* Asks all workers, returns how many of their pages are in the block. */
static unsigned long ask(struct __test_metadata *_metadata,
			 struct shared *shared, enum request_type type)
{
	const long long end = now_ms() + STALL_MS;
	unsigned long pages = 0;
	unsigned int request;
	int i;

	shared->type = type;
	request = __atomic_add_fetch(&shared->request, 1, __ATOMIC_ACQ_REL);
	for (i = 0; i < NR_WORKERS; i++) {
		const struct worker *worker = &shared->worker[i];

		while (__atomic_load_n(&worker->answered, __ATOMIC_ACQUIRE) !=
		       request) {
			check_worker(_metadata, worker);
			ASSERT_GT(end, now_ms()) {
				TH_LOG("a worker does not answer: %s", worker->what);
			}
			nap();
		}
		check_worker(_metadata, worker);
		pages += worker->pages;
	}
	return pages;
}

static unsigned long kept_in_block(struct __test_metadata *_metadata,
				   const struct memory_content *kept,
				   unsigned long id, unsigned long block_pages)
{
	unsigned long pages = 0;
	int err;

	err = memory_content_in_block(kept, id, block_pages, &pages);
	ASSERT_EQ(0, err) {
		TH_LOG("pagemap: %s", errname(err));
	}
	return pages;
}

/*
 * A node's memory goes offline again and again while processes write and read
 * data on it: some pages belong to one of them, others to all. Each time all
 * data was in the block before, none is there afterwards, no byte has changed,
 * and nobody noticed anything meanwhile. Huge pages of a pool find no free ones
 * on other nodes: the kernel allocates new ones.
 */
TEST_F_TIMEOUT(content, survives_offline_under_load, TEST_TIMEOUT_S)
{
	const unsigned long all = memory_content_pages(&self->kept);
	const unsigned long block_pages = self->blocks->pages;
	struct shared *shared = self->shared;
	const unsigned long id = self->block.id;
	const int node = self->block.node.id;
	struct memory_damage damage;
	unsigned long huge, pages;
	int round, status, err, i;

	if (variant->flag) {
		err = memory_content_flagged(&self->kept, variant->flag, &huge);
		ASSERT_EQ(0, err) {
			TH_LOG("/proc/kpageflags: %s", errname(err));
		}
		ASSERT_EQ(all, huge) {
			TH_LOG("%lu of %lu pages are in huge pages", huge, all);
		}
	}

	for (i = 0; i < NR_WORKERS; i++) {
		self->worker[i] = fork();
		ASSERT_LE(0, self->worker[i]);
		if (!self->worker[i])
			_exit(work(shared, &shared->worker[i], i, &self->kept,
				   id, block_pages, node));
	}

	for (round = 0; round < ROUNDS; round++) {
		if (round) {
			err = memory_content_move(&self->kept, node);
			ASSERT_EQ(0, err) {
				TH_LOG("move back to node %d: %s",
				       node, errname(err));
			}
		}
		pages = ask(_metadata, shared, REQUEST_MOVE);
		ASSERT_EQ(NR_WORKERS * all, pages);
		ASSERT_EQ(all, kept_in_block(_metadata, &self->kept, id,
					     block_pages));

		err = memory_block_write(id, "state", "offline");
		for (i = 0; i < NR_WORKERS; i++)
			check_worker(_metadata, &shared->worker[i]);
		ASSERT_EQ(0, err) {
			TH_LOG("memory%lu: offline: %s", id, errname(err));
		}
		wait_for_sweeps(_metadata, shared);
		EXPECT_EQ(0UL, ask(_metadata, shared, REQUEST_COUNT));
		EXPECT_EQ(0UL, kept_in_block(_metadata, &self->kept, id,
					     block_pages));
		/* Free huge pages are gone, those in use are elsewhere. */
		if (variant->kind == MEMORY_HUGETLB && self->block.node.bare) {
			ASSERT_EQ(0, hugepage_pool_read(node, "nr_hugepages",
							&huge));
			EXPECT_EQ(0UL, huge);
		}

		err = memory_block_write(id, "state", "online_movable");
		ASSERT_EQ(0, err) {
			TH_LOG("memory%lu: online_movable: %s",
			       id, errname(err));
		}
	}

	__atomic_store_n(&shared->stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < NR_WORKERS; i++) {
		ASSERT_EQ(0, wait_child(self->worker[i], &status, STALL_MS));
		self->worker[i] = 0;
		check_worker(_metadata, &shared->worker[i]);
		EXPECT_EQ(KSFT_PASS, status);
	}
	err = memory_content_check(&self->kept, 0, &damage);
	EXPECT_EQ(0, err) {
		TH_LOG("data lost: offset %#zx: expected %#llx, got %#llx",
		       damage.offset, (unsigned long long)damage.expected,
		       (unsigned long long)damage.found);
	}
}

int main(int argc, char **argv)
{
	hugepage_pool_guard();
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
