// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine of a memory block, as sysfs drives it.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "block_kind.h"
#include "block_zone.h"
#include "memory_block.h"
#include "memory_guard.h"

#define MAX_WRITE	4096

#define KPAGEFLAGS	"/proc/kpageflags"
/* A bit in there: nothing is known of such a page. */
#define NO_PAGE		20

FIXTURE(block) {
	const struct memory_blocks *blocks;
	struct memory_node node;
	unsigned long id;
	char zone[ZONE_LEN];
};

FIXTURE_VARIANT(block) {
	const char *type;
};

/* To the zone that valid_zones names first. */
FIXTURE_VARIANT_ADD(block, online) {
	.type = "online",
};

/* To a kernel zone. */
FIXTURE_VARIANT_ADD(block, online_kernel) {
	.type = "online_kernel",
};

/* To ZONE_MOVABLE. */
FIXTURE_VARIANT_ADD(block, online_movable) {
	.type = "online_movable",
};

/* The beginning of a string, newlines shown as \n. */
static const char *printable(const char *str)
{
	static char buf[48];
	size_t len = 0;

	for (; *str && len < sizeof(buf) - 6; str++) {
		if (*str == '\n')
			buf[len++] = '\\';
		buf[len++] = *str == '\n' ? 'n' : *str;
	}
	snprintf(buf + len, sizeof(buf) - len, "%s", *str ? "..." : "");
	return buf;
}

/* What a write to an attribute must return. */
static void write_attr(struct __test_metadata *_metadata, unsigned long id,
		       const char *attr, const char *value, int expected)
{
	int err = memory_block_write(id, attr, value);

	ASSERT_EQ(expected, err) {
		TH_LOG("memory%lu/%s: write \"%s\": expected %s, got %s", id,
		       attr, printable(value), errname(expected), errname(err));
	}
}

static void expect_attr(struct __test_metadata *_metadata, unsigned long id,
			const char *attr, const char *expected)
{
	char value[ATTR_LEN];
	int err = memory_block_read(id, attr, value, sizeof(value));

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu/%s: read: %s", id, attr, errname(err));
	}
	ASSERT_STREQ(expected, value) {
		TH_LOG("memory%lu/%s: expected \"%s\", got \"%s\"",
		       id, attr, expected, value);
	}
}

static void expect_online(struct __test_metadata *_metadata, unsigned long id,
			  const char *zone)
{
	expect_attr(_metadata, id, "state", "online");
	expect_attr(_metadata, id, "online", "1");
	expect_attr(_metadata, id, "valid_zones", zone);
}

static void expect_offline(struct __test_metadata *_metadata, unsigned long id)
{
	expect_attr(_metadata, id, "state", "offline");
	expect_attr(_metadata, id, "online", "0");
}

static void take_offline(struct __test_metadata *_metadata, unsigned long id)
{
	int err = memory_block_offline(id);

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu/state: write \"offline\": %s",
		       id, errname(err));
	}
}

/* Whether the kernel tells of the pages of a block: of those that are online. */
static void expect_pages_known(struct __test_metadata *_metadata,
			       const struct memory_blocks *blocks,
			       unsigned long id, bool known)
{
	const unsigned long page = id * blocks->pages + blocks->pages / 2;
	unsigned long long flags;
	int fd;

	fd = open(KPAGEFLAGS, O_RDONLY | O_CLOEXEC);
	/* CONFIG_PROC_PAGE_MONITOR is not set. */
	if (fd < 0 && errno == ENOENT)
		return;
	ASSERT_LE(0, fd) {
		TH_LOG(KPAGEFLAGS ": %s", strerror(errno));
	}
	ASSERT_EQ((ssize_t)sizeof(flags),
		  pread(fd, &flags, sizeof(flags), page * sizeof(flags)));
	close(fd);
	EXPECT_EQ(known, !(flags >> NO_PAGE & 1)) {
		TH_LOG("memory%lu: flags of a page: %#llx", id, flags);
	}
}

FIXTURE_SETUP(block)
{
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	/* A test before this one may not have got to its teardown. */
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));

	if (block_pick(self->blocks, BLOCK_ANY, &self->node, &self->id))
		SKIP(return, "no memory block is offline or in ZONE_MOVABLE");
	take_offline(_metadata, self->id);

	if (!block_zone_of_type(self->id, variant->type, self->zone))
		SKIP(return, "no zone for %s", variant->type);
	if (strcmp(self->zone, ZONE_MOVABLE) && !block_takes_kernel_zone(&self->node))
		SKIP(return, "no node without boot memory and CPUs to risk a kernel zone on");
}

FIXTURE_TEARDOWN(block)
{
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

/*
 * C6. Each online type puts the block online, in the zone that it stands for;
 * the block leaves it again; it belongs to its node all the time, and its pages
 * are those of the machine while it is online. A file that is kept open shows the
 * same as one that is opened anew.
 */
TEST_F(block, online_then_offline)
{
	char path[PATH_LEN], kept[ATTR_LEN];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/state", self->id);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd) {
		TH_LOG("%s: %s", path, strerror(errno));
	}

	EXPECT_TRUE(memory_block_node_link(self->id, self->node.id));
	expect_offline(_metadata, self->id);
	expect_pages_known(_metadata, self->blocks, self->id, false);

	write_attr(_metadata, self->id, "state", variant->type, 0);
	expect_online(_metadata, self->id, self->zone);
	expect_pages_known(_metadata, self->blocks, self->id, true);
	EXPECT_TRUE(memory_block_node_link(self->id, self->node.id)) {
		TH_LOG("node%d has no memory%lu", self->node.id, self->id);
	}
	len = pread(fd, kept, sizeof(kept) - 1, 0);
	ASSERT_LT(0, len);
	kept[len] = '\0';
	EXPECT_STREQ("online\n", kept);

	take_offline(_metadata, self->id);
	expect_offline(_metadata, self->id);
	expect_pages_known(_metadata, self->blocks, self->id, false);
	EXPECT_TRUE(memory_block_node_link(self->id, self->node.id)) {
		TH_LOG("node%d has no memory%lu", self->node.id, self->id);
	}
	len = pread(fd, kept, sizeof(kept) - 1, 0);
	ASSERT_LT(0, len);
	kept[len] = '\0';
	EXPECT_STREQ("offline\n", kept);

	close(fd);
}

/*
 * C6. Asking for the state that a block is in: "state" says EINVAL, whatever
 * the online type, "online" takes it, all of it at once, and neither changes the
 * block.
 */
TEST_F(block, repeated_write_changes_nothing)
{
	write_attr(_metadata, self->id, "state", "offline", -EINVAL);
	write_attr(_metadata, self->id, "online", "0", 0);
	write_attr(_metadata, self->id, "online", "0\n", 0);
	expect_offline(_metadata, self->id);

	write_attr(_metadata, self->id, "state", variant->type, 0);
	write_attr(_metadata, self->id, "state", "online", -EINVAL);
	write_attr(_metadata, self->id, "state", "online_kernel", -EINVAL);
	write_attr(_metadata, self->id, "state", "online_movable", -EINVAL);
	write_attr(_metadata, self->id, "online", "1", 0);
	write_attr(_metadata, self->id, "online", "1\n", 0);
	expect_online(_metadata, self->id, self->zone);
}

/*
 * C6. "online" drives the same state machine as "state": 0 takes offline what
 * an online type put online, 1 puts the block into its default zone.
 */
TEST_F(block, online_attribute_drives_state)
{
	char zone[ZONE_LEN];

	write_attr(_metadata, self->id, "state", variant->type, 0);
	write_attr(_metadata, self->id, "online", "0", 0);
	expect_offline(_metadata, self->id);

	ASSERT_TRUE(block_zone_of_type(self->id, "online", zone));
	if (strcmp(zone, ZONE_MOVABLE) && !block_takes_kernel_zone(&self->node))
		SKIP(return, "the default zone of memory%lu is a kernel zone",
		     self->id);
	write_attr(_metadata, self->id, "online", "1", 0);
	expect_online(_metadata, self->id, zone);
	take_offline(_metadata, self->id);
	expect_offline(_metadata, self->id);
}

static const char *const not_a_state[] = {
	"\n", "offlin", "offlinee", "Offline", " offline", "offline ",
	"offline\n\n", "onlin", "Online", " online", "online ", "online\n\n",
	"online_", "online_foo", "online_movable ", "online_kernelx",
	"going-offline", "0", "1",
};

static const char *const not_a_bool[] = {
	"\n", "x", "2", "-1", " 1",
};

static void reject_all(struct __test_metadata *_metadata, unsigned long id)
{
	char huge[MAX_WRITE + 1];
	size_t i;

	for (i = 0; i < ARRAY_LEN(not_a_state); i++)
		write_attr(_metadata, id, "state", not_a_state[i], -EINVAL);
	for (i = 0; i < ARRAY_LEN(not_a_bool); i++)
		write_attr(_metadata, id, "online", not_a_bool[i], -EINVAL);

	memset(huge, 'o', MAX_WRITE);
	huge[MAX_WRITE] = '\0';
	write_attr(_metadata, id, "state", huge, -EINVAL);
	memset(huge, ' ', MAX_WRITE);
	memcpy(huge, "offline", strlen("offline"));
	write_attr(_metadata, id, "state", huge, -EINVAL);

	/* Nothing is written: nothing is refused. */
	write_attr(_metadata, id, "state", "", 0);
}

/*
 * C6. What is not exactly a state, up to one newline at the end, is refused
 * and changes nothing, neither online nor offline.
 */
TEST_F(block, unknown_strings_are_refused)
{
	char newline[32];

	reject_all(_metadata, self->id);
	expect_offline(_metadata, self->id);

	snprintf(newline, sizeof(newline), "%s\n", variant->type);
	write_attr(_metadata, self->id, "state", newline, 0);
	expect_online(_metadata, self->id, self->zone);

	reject_all(_metadata, self->id);
	expect_online(_metadata, self->id, self->zone);

	write_attr(_metadata, self->id, "state", "offline\n", 0);
	expect_offline(_metadata, self->id);
}

struct node_pages {
	struct zone_pages zone;
	unsigned long total_kib;
};

static void read_pages(struct __test_metadata *_metadata, int node,
		       const char *zone, struct node_pages *pages)
{
	int err = zone_pages_read(node, zone, &pages->zone);

	ASSERT_EQ(0, err) {
		TH_LOG("/proc/zoneinfo: node %d, zone %s: %s",
		       node, zone, errname(err));
	}
	err = memory_node_total(node, &pages->total_kib);
	ASSERT_EQ(0, err) {
		TH_LOG("node%d/meminfo: MemTotal: %s", node, errname(err));
	}
}

/*
 * The zone and the node gain and lose what the block has: present pages to the
 * page; managed pages, and MemTotal with them, at most that.
 */
TEST_F(block, zone_pages_follow)
{
	const unsigned long kib = sysconf(_SC_PAGESIZE) / 1024;
	const unsigned long pages = self->blocks->pages;
	struct node_pages before, online, after;
	unsigned long managed;

	read_pages(_metadata, self->node.id, self->zone, &before);
	write_attr(_metadata, self->id, "state", variant->type, 0);
	read_pages(_metadata, self->node.id, self->zone, &online);
	take_offline(_metadata, self->id);
	read_pages(_metadata, self->node.id, self->zone, &after);

	EXPECT_EQ(before.zone.present + pages, online.zone.present) {
		TH_LOG("node %d, zone %s: present: %lu, then with memory%lu (%lu pages) %lu",
		       self->node.id, self->zone, before.zone.present,
		       self->id, pages, online.zone.present);
	}
	EXPECT_EQ(before.zone.present, after.zone.present) {
		TH_LOG("node %d, zone %s: present: %lu, %lu after offline",
		       self->node.id, self->zone, before.zone.present,
		       after.zone.present);
	}

	/* The block's own struct pages may live in it: memmap_on_memory. */
	managed = online.zone.managed - before.zone.managed;
	EXPECT_TRUE(managed > pages / 2 && managed <= pages) {
		TH_LOG("node %d, zone %s: managed: %lu, then with memory%lu (%lu pages) %lu",
		       self->node.id, self->zone, before.zone.managed,
		       self->id, pages, online.zone.managed);
	}
	EXPECT_EQ(before.zone.managed, after.zone.managed) {
		TH_LOG("node %d, zone %s: managed: %lu, %lu after offline",
		       self->node.id, self->zone, before.zone.managed,
		       after.zone.managed);
	}

	EXPECT_EQ(before.total_kib + managed * kib, online.total_kib) {
		TH_LOG("node%d: MemTotal: %lu kB, then with %lu pages %lu kB",
		       self->node.id, before.total_kib, managed,
		       online.total_kib);
	}
	EXPECT_EQ(before.total_kib, after.total_kib) {
		TH_LOG("node%d: MemTotal: %lu kB, %lu kB after offline",
		       self->node.id, before.total_kib, after.total_kib);
	}
}

static void expect_listed(struct __test_metadata *_metadata, const char *mask,
			  int node, int expected)
{
	int listed = memory_node_listed(mask, node);

	EXPECT_EQ(expected, listed) {
		TH_LOG("node %d %s %s", node, listed > 0 ? "in" :
		       listed ? errname(listed) : "not in", mask);
	}
}

/*
 * C2. A bare node has memory (N_MEMORY) as long as its only block is online,
 * and kernel memory (N_NORMAL_MEMORY) as long as that is in a kernel zone. It
 * stays an online node: its pgdat stays.
 */
TEST_F(block, node_states_follow)
{
	const bool kernel = strcmp(self->zone, ZONE_MOVABLE);
	const int node = self->node.id;
	unsigned long id;
	int err;

	if (!self->node.bare)
		SKIP(return, "no node without boot memory");
	err = memory_node_offline(self->blocks, node, &id);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: offline: %s", id, errname(err));
	}

	expect_listed(_metadata, "has_memory", node, 0);
	expect_listed(_metadata, "has_normal_memory", node, 0);
	expect_listed(_metadata, "online", node, 1);

	write_attr(_metadata, self->id, "state", variant->type, 0);
	expect_listed(_metadata, "has_memory", node, 1);
	expect_listed(_metadata, "has_normal_memory", node, kernel);

	take_offline(_metadata, self->id);
	expect_listed(_metadata, "has_memory", node, 0);
	expect_listed(_metadata, "has_normal_memory", node, 0);
	expect_listed(_metadata, "online", node, 1);
}

FIXTURE(boot_node) {
	const struct memory_blocks *blocks;
};

FIXTURE_SETUP(boot_node)
{
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
}

FIXTURE_TEARDOWN(boot_node)
{
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

/*
 * C2. A node with boot memory keeps both kinds of memory, whatever it has in
 * ZONE_MOVABLE besides, and however little it has without.
 */
TEST_F(boot_node, node_states_stay)
{
	struct memory_node node;
	unsigned int checked = 0;
	int last = -1;
	size_t i;

	for (i = 0; i < self->blocks->nr; i++) {
		const struct memory_block *block = &self->blocks->block[i];

		if (!block->candidate || block->node == last)
			continue;
		last = block->node;
		ASSERT_EQ(0, memory_node_read(self->blocks, last, &node));
		if (node.bare)
			continue;

		take_offline(_metadata, block->id);
		write_attr(_metadata, block->id, "state", "online_movable", 0);
		take_offline(_metadata, block->id);
		expect_listed(_metadata, "has_memory", last, 1);
		expect_listed(_metadata, "has_normal_memory", last, 1);
		checked++;
	}
	if (!checked)
		SKIP(return, "no node with boot memory has memory that may go");
}

FIXTURE(guard) {
	const struct memory_blocks *blocks;
	unsigned long id;
};

FIXTURE_VARIANT(guard) {
	int sig;
};

FIXTURE_VARIANT_ADD(guard, sigkill) {
	.sig = SIGKILL,
};

FIXTURE_VARIANT_ADD(guard, sigterm) {
	.sig = SIGTERM,
};

/* As after a failed assertion. */
FIXTURE_VARIANT_ADD(guard, sigabrt) {
	.sig = SIGABRT,
};

FIXTURE_SETUP(guard)
{
	struct memory_node node;
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	if (block_pick(self->blocks, BLOCK_ANY, &node, &self->id))
		SKIP(return, "no memory block is offline or in ZONE_MOVABLE");
}

FIXTURE_TEARDOWN(guard)
{
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

/* What the child in the next test could not do. */
enum {
	CHILD_NO_SNAPSHOT = 10,
	CHILD_NO_GUARD,
	CHILD_NO_CHANGE,
	CHILD_ALIVE,
};

/*
 * The tests leave no trace. A process that takes a snapshot, starts a guardian,
 * changes a block and dies has the block put back: from online to offline, and
 * from offline to online in ZONE_MOVABLE.
 */
TEST_F_TIMEOUT(guard, restores_block, 2 * RESTORE_TIMEOUT_MS / 1000)
{
	int fds[2], online, status, err;
	pid_t child, guardian;

	/* The guardian's status comes here when its parent is dead. */
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));

	for (online = 0; online <= 1; online++) {
		take_offline(_metadata, self->id);
		if (online) {
			write_attr(_metadata, self->id, "state",
				   "online_movable", 0);
			expect_online(_metadata, self->id, ZONE_MOVABLE);
		}

		ASSERT_EQ(0, pipe(fds));
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			struct memory_blocks blocks;
			struct memory_guard guard;

			if (memory_blocks_read(&blocks))
				_exit(CHILD_NO_SNAPSHOT);
			if (memory_guard_start(&guard, &blocks))
				_exit(CHILD_NO_GUARD);
			if (write(fds[1], &guard.pid, sizeof(guard.pid)) < 0)
				_exit(CHILD_NO_GUARD);
			if (online)
				err = memory_block_offline(self->id);
			else
				err = memory_block_write(self->id, "state",
							 "online_movable");
			if (err)
				_exit(CHILD_NO_CHANGE);
			kill(getpid(), variant->sig);
			_exit(CHILD_ALIVE);
		}
		close(fds[1]);
		ASSERT_EQ((ssize_t)sizeof(guardian),
			  read(fds[0], &guardian, sizeof(guardian)));
		close(fds[0]);

		ASSERT_EQ(0, wait_child(child, &status, WRITE_TIMEOUT_MS));
		ASSERT_TRUE(WIFSIGNALED(status)) {
			TH_LOG("the child did not get as far as to die: it exited with %d",
			       WEXITSTATUS(status));
		}
		ASSERT_EQ(variant->sig, WTERMSIG(status));

		err = wait_child(guardian, &status, RESTORE_TIMEOUT_MS);
		ASSERT_EQ(0, err) {
			TH_LOG("no end of the guardian: %s", errname(err));
		}
		EXPECT_EQ(0, status) {
			TH_LOG("the guardian could not restore all blocks: wait status 0x%x",
			       status);
		}

		if (online)
			expect_online(_metadata, self->id, ZONE_MOVABLE);
		else
			expect_offline(_metadata, self->id);
	}
}

int main(int argc, char **argv)
{
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
