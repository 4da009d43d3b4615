// SPDX-License-Identifier: GPL-2.0
/*
 * An offline that is interrupted leaves nothing behind, wherever it was.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "memory_content.h"
#include "memory_snapshot.h"
#include "movable_block.h"
#include "offline_attempt.h"

/* What an offline has to migrate, so that it takes long. */
#define NR_PAGES	256

/* At how many points of its way an offline is interrupted. */
#define STEPS		4

#define SEED		1
#define STALL_MS	10000
#define TEST_TIMEOUT_S	60

FIXTURE(offline) {
	const struct memory_blocks *blocks;
	struct movable_block block;
	struct memory_content content;
	struct memory_snapshot before;
	unsigned int flags;
	pid_t child[2];
	int pipe[2];
};

FIXTURE_VARIANT(offline) {
	int sig;
	bool caught;
};

FIXTURE_VARIANT_ADD(offline, sigint) {
	.sig = SIGINT,
	.caught = true,
};

FIXTURE_VARIANT_ADD(offline, sigalrm) {
	.sig = SIGALRM,
	.caught = true,
};

FIXTURE_VARIANT_ADD(offline, sigterm) {
	.sig = SIGTERM,
};

FIXTURE_VARIANT_ADD(offline, sigkill) {
	.sig = SIGKILL,
};

FIXTURE_SETUP(offline)
{
	const size_t page_size = sysconf(_SC_PAGESIZE);
	const char *reason;
	int err;

	self->content.fd = -1;
	self->pipe[0] = -1;
	self->pipe[1] = -1;
	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	/* A test before this one may not have got to its teardown. */
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	if (movable_block_pick(self->blocks, &self->block))
		SKIP(return, "no memory block is offline or in ZONE_MOVABLE");
	err = movable_block_alone(self->blocks, &self->block);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: alone in the zone: %s",
		       self->block.id, errname(err));
	}
	err = memory_content_create(&self->content, MEMORY_ANON,
				    NR_PAGES * page_size, SEED,
				    self->block.node.id);
	ASSERT_EQ(0, err) {
		TH_LOG("content: %s", errname(err));
	}
	ASSERT_EQ(0, movable_block_sweep(&self->block));
	ASSERT_EQ(0, memory_content_move(&self->content, self->block.node.id));
	self->flags = MEMORY_SNAPSHOT_THREADS;
	if (self->block.quiet)
		self->flags |= MEMORY_SNAPSHOT_FREE;
	ASSERT_EQ(0, memory_snapshot_take(&self->before, self->flags));
}

FIXTURE_TEARDOWN(offline)
{
	size_t i;

	if (!self->blocks)
		return;
	page_unpin(self->pipe);
	for (i = 0; i < ARRAY_LEN(self->child); i++) {
		if (self->child[i] <= 0)
			continue;
		kill(self->child[i], SIGKILL);
		EXPECT_EQ(0, wait_child(self->child[i], NULL, STALL_MS));
	}
	memory_snapshot_free(&self->before);
	memory_content_destroy(&self->content);
	EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

/*
 * What has been migrated already comes back, so that all is as it was; the
 * block included.
 */
static void expect_as_before(struct __test_metadata *_metadata,
			     struct _test_data_offline *self)
{
	struct memory_damage damage = {};
	char text[4096];
	int err;

	err = memory_content_move(&self->content, self->block.node.id);
	ASSERT_EQ(0, err) {
		TH_LOG("move back: %s", errname(err));
	}
	EXPECT_EQ(0, memory_snapshot_differs(&self->before, self->flags, text,
					     sizeof(text))) {
		TH_LOG("%s", text);
	}
	EXPECT_EQ(0, memory_content_check(&self->content, 0, &damage)) {
		TH_LOG("data lost: offset %#zx", damage.offset);
	}
}

static void expect_ended(struct __test_metadata *_metadata, int status,
			 int sig, bool caught)
{
	if (caught) {
		EXPECT_TRUE(WIFEXITED(status));
		EXPECT_EQ(EINTR, WEXITSTATUS(status)) {
			TH_LOG("offline: %s", errname(WEXITSTATUS(status)));
		}
	} else {
		EXPECT_TRUE(WIFSIGNALED(status));
		EXPECT_EQ(sig, WTERMSIG(status));
	}
}

static void end_child(struct __test_metadata *_metadata, pid_t *child, int sig,
		      bool caught)
{
	int status, err;

	kill(*child, sig);
	err = wait_child(*child, &status, STALL_MS);
	ASSERT_EQ(0, err) {
		TH_LOG("%s does not end an offline", strsignal(sig));
	}
	*child = 0;
	expect_ended(_metadata, status, sig, caught);
}

/* An offline that has isolated all pages and does not get rid of one of them. */
static void start_endless(struct __test_metadata *_metadata,
			  struct _test_data_offline *self)
{
	struct zone_pages zone;
	int err;

	err = page_pin(self->content.map, self->pipe);
	ASSERT_EQ(0, err) {
		TH_LOG("vmsplice: %s", errname(err));
	}
	ASSERT_EQ(0, zone_pages_read(self->block.node.id, ZONE_MOVABLE, &zone));
	self->child[0] = offline_attempt_start(self->block.id, 0, 0);
	ASSERT_LT(0, self->child[0]);
	err = offline_attempt_isolated(self->child[0], self->block.node.id,
				       zone.free, self->blocks->pages / 2);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: wait for isolation: %s",
		       self->block.id, errname(err));
	}
	err = offline_attempt_retried(self->child[0], 1);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: wait for a retry: %s",
		       self->block.id, errname(err));
	}
}

static void offline_and_online(struct __test_metadata *_metadata,
			       unsigned long id)
{
	int err;

	err = memory_block_write(id, "state", "offline");
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: offline: %s", id, errname(err));
	}
	err = memory_block_write(id, "state", "online_movable");
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: online_movable: %s", id, errname(err));
	}
}

/*
 * Interrupted when it has isolated all pages, migrated all but one, and keeps
 * trying: nothing stays isolated, and the next offline succeeds.
 */
TEST_F_TIMEOUT(offline, while_it_retries, TEST_TIMEOUT_S)
{
	start_endless(_metadata, self);
	end_child(_metadata, &self->child[0], variant->sig, variant->caught);
	expect_as_before(_metadata, self);

	page_unpin(self->pipe);
	expect_as_before(_metadata, self);
	offline_and_online(_metadata, self->block.id);
	expect_as_before(_metadata, self);
}

/*
 * C6. Interrupted when another offline holds device_hotplug_lock and it has not
 * even begun. A signal that kills does so; after one that is caught, the wait
 * goes on. In neither case the other offline is disturbed.
 */
TEST_F_TIMEOUT(offline, while_it_waits_for_its_turn, TEST_TIMEOUT_S)
{
	char state[ATTR_LEN];
	int err;

	start_endless(_metadata, self);
	self->child[1] = offline_attempt_start(self->block.id, 0, 0);
	ASSERT_LT(0, self->child[1]);
	err = offline_attempt_waiting(self->child[1]);
	ASSERT_EQ(0, err) {
		TH_LOG("the second offline does not wait: %s", errname(err));
	}
	if (variant->caught) {
		kill(self->child[1], variant->sig);
		err = offline_attempt_waiting(self->child[1]);
		ASSERT_EQ(0, err) {
			TH_LOG("%s: the second offline does not wait any more: %s",
			       strsignal(variant->sig), errname(err));
		}
	} else {
		end_child(_metadata, &self->child[1], variant->sig, false);
	}

	err = offline_attempt_retried(self->child[0], 1);
	EXPECT_EQ(0, err) {
		TH_LOG("the first offline does not go on: %s", errname(err));
	}
	ASSERT_EQ(0, memory_block_read(self->block.id, "state", state,
				       sizeof(state)));
	EXPECT_STREQ("going-offline", state);
	end_child(_metadata, &self->child[0], SIGUSR1, true);

	/* Now it is the second one's turn. */
	if (variant->caught) {
		err = offline_attempt_retried(self->child[1], 1);
		EXPECT_EQ(0, err) {
			TH_LOG("the second offline does not begin: %s",
			       errname(err));
		}
		end_child(_metadata, &self->child[1], variant->sig, true);
	}
	expect_as_before(_metadata, self);
	page_unpin(self->pipe);
}

static long long offline_us(struct __test_metadata *_metadata, unsigned long id)
{
	struct timespec begin, end;
	int err;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	err = memory_block_write(id, "state", "offline");
	clock_gettime(CLOCK_MONOTONIC, &end);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: offline: %s", id, errname(err));
	}
	return (end.tv_sec - begin.tv_sec) * 1000000LL +
	       (end.tv_nsec - begin.tv_nsec) / 1000;
}

/*
 * Interrupted by a timer, at points that are spread over the time that an
 * undisturbed offline takes. It ends early, or it has succeeded: there is nothing in
 * between. After each of these, all is as before.
 */
TEST_F_TIMEOUT(offline, after_any_delay, TEST_TIMEOUT_S)
{
	const unsigned long id = self->block.id;
	unsigned int interrupted = 0, step;
	char state[ATTR_LEN];
	long long us;
	int status, err;

	us = offline_us(_metadata, id);
	err = memory_block_write(id, "state", "online_movable");
	ASSERT_EQ(0, err);
	expect_as_before(_metadata, self);

	for (step = 1; step <= STEPS; step++) {
		self->child[0] = offline_attempt_start(id, us * step / STEPS,
						       variant->sig);
		ASSERT_LT(0, self->child[0]);
		ASSERT_EQ(0, wait_child(self->child[0], &status, STALL_MS));
		self->child[0] = 0;

		ASSERT_EQ(0, memory_block_read(id, "state", state,
					       sizeof(state)));
		if (!strcmp(state, "online")) {
			expect_ended(_metadata, status, variant->sig,
				     variant->caught);
			interrupted++;
		} else {
			/* The signal may come between the write and the exit. */
			ASSERT_STREQ("offline", state);
			EXPECT_TRUE(!status || (WIFSIGNALED(status) &&
						!variant->caught));
			err = memory_block_write(id, "state", "online_movable");
			ASSERT_EQ(0, err);
		}
		expect_as_before(_metadata, self);
	}
	EXPECT_LT(0U, interrupted) {
		TH_LOG("no offline was interrupted: all were faster than %lld us / %d",
		       us, STEPS);
	}
	TH_LOG("%u of %d interrupted, %lld us", interrupted, STEPS, us);
}

int main(int argc, char **argv)
{
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
