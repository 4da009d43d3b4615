// SPDX-License-Identifier: GPL-2.0
/*
 * Cpusets that name a node, while the node loses all its memory and gets some
 * back, and while CPUs go and come.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "cpu.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "node_mem.h"
#include "node_place.h"

/* Mounted over, in a mount namespace of its own. */
#define CGROUP		"/sys/fs/cgroup"
#define GROUP		CGROUP "/memory-hotplug-selftest"

#define NR_PAGES	8
#define NR_WINDOWS	8
#define MIGRATE_MS	10000
#define TEST_TIMEOUT_S	60

/**
 * struct channel - between a test and its child, in shared memory
 * @asked:	windows that the child is to fill
 * @done:	those that it has filled
 *
 * Not a pipe: its pages cannot be moved, so a task that may only use a node of
 * ZONE_MOVABLE cannot write to one.
 */
struct channel {
	unsigned long asked;
	unsigned long done;
};

FIXTURE(cpuset) {
	struct node_place place;
	struct node_mask mems;
	bool enabled;
	bool grouped;
	char *area;
	pid_t child;
	struct channel *channel;
};

/* Variants: the node alone, or another with it. */
FIXTURE_VARIANT(cpuset) {
	bool two;
};

FIXTURE_VARIANT_ADD(cpuset, this_node_only) {
	.two = false,
};

FIXTURE_VARIANT_ADD(cpuset, this_node_too) {
	.two = true,
};

static bool has_word(const char *path, const char *word)
{
	char text[ATTR_LEN], *save, *tok;

	if (attr_read(path, text, sizeof(text)))
		return false;
	for (tok = strtok_r(text, " ", &save); tok;
	     tok = strtok_r(NULL, " ", &save))
		if (!strcmp(tok, word))
			return true;
	return false;
}

static int put(const char *path, const char *value)
{
	ssize_t ret = attr_write(path, value, strlen(value));

	return ret < 0 ? ret : 0;
}

/* Whenever it is told to, takes the next pages. */
static void child_main(const struct node_place *place, char *area,
		       struct channel *channel)
{
	unsigned long i, done;

	for (done = 0;; done++) {
		while (__atomic_load_n(&channel->asked, __ATOMIC_ACQUIRE) == done)
			nap();
		for (i = 0; i < NR_PAGES; i++, area += place->page)
			memset(area, 1, place->page);
		__atomic_store_n(&channel->done, done + 1, __ATOMIC_RELEASE);
	}
}

FIXTURE_SETUP(cpuset)
{
	struct node_place *place = &self->place;
	const char *reason;
	char pid[16];
	int err;

	err = node_place_find(place, &reason);
	if (err == -ENODEV)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s", reason, errname(err));
	}

	if (access(CGROUP, F_OK))
		SKIP(return, "no " CGROUP ": CONFIG_CGROUPS is not set");
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (mount("none", CGROUP, "cgroup2", 0, NULL))
		SKIP(return, "no cgroup2: %s", strerror(errno));
	if (!has_word(CGROUP "/cgroup.controllers", "cpuset"))
		SKIP(return, "cgroup2 has no cpusets here");
	self->enabled = !has_word(CGROUP "/cgroup.subtree_control", "cpuset");
	if (self->enabled)
		ASSERT_EQ(0, put(CGROUP "/cgroup.subtree_control", "+cpuset"));
	/* A test that was killed may have left it, without processes. */
	ASSERT_EQ(0, rmdir(GROUP) && errno != ENOENT);
	ASSERT_EQ(0, mkdir(GROUP, 0755));
	self->grouped = true;

	self->area = mmap(NULL, NR_WINDOWS * NR_PAGES * place->page,
			  PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	ASSERT_NE(MAP_FAILED, self->area);
	madvise(self->area, NR_WINDOWS * NR_PAGES * place->page,
		MADV_NOHUGEPAGE);
	self->channel = mmap(NULL, place->page, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->channel);
	*self->channel = (struct channel){};
	self->child = fork();
	ASSERT_LE(0, self->child);
	if (!self->child)
		child_main(place, self->area, self->channel);
	snprintf(pid, sizeof(pid), "%d", self->child);
	ASSERT_EQ(0, put(GROUP "/cgroup.procs", pid));

	node_mask_set(&self->mems, place->node.id);
	if (variant->two)
		node_mask_set(&self->mems, place->other);
}

/*
 * A worker moves what a task had when its nodes change, and complains on the
 * console if the memory that it moves to goes meanwhile. Writing waits for it.
 */
static int wait_for_migration(const struct node_mask *mems)
{
	return put(GROUP "/cpuset.mems", node_mask_name(mems));
}

FIXTURE_TEARDOWN(cpuset)
{
	int status;

	if (self->grouped)
		wait_for_migration(&self->mems);
	if (self->child > 0) {
		kill(self->child, SIGKILL);
		EXPECT_EQ(0, wait_child(self->child, &status, MIGRATE_MS));
	}
	if (self->grouped) {
		const long long end = now_ms() + MIGRATE_MS;

		/* What has exited may be counted for a moment. */
		while (rmdir(GROUP) && errno == EBUSY && now_ms() < end)
			nap();
		EXPECT_EQ(-1, access(GROUP, F_OK));
	}
	if (self->enabled)
		EXPECT_EQ(0, put(CGROUP "/cgroup.subtree_control", "-cpuset"));
	if (cpus_at_start())
		EXPECT_EQ(0U, cpus_restore(cpus_at_start()));
	if (self->place.blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->place.blocks));
}

static void must_be(struct __test_metadata *_metadata, const char *path,
		    const struct node_mask *expected, const char *when)
{
	struct node_mask found;
	int err = node_mask_read(&found, path);

	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s", path, errname(err));
	}
	ASSERT_TRUE(node_mask_equal(expected, &found)) {
		TH_LOG("%s: expected %s, got %s, %s", path,
		       node_mask_name(expected), node_mask_name(&found), when);
	}
}

/* What the kernel lets a task use. */
static int task_mems(pid_t pid, struct node_mask *mems)
{
	char path[PATH_LEN], line[4096], list[4096] = "";
	int err = -ENOENT;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (err && fgets(line, sizeof(line), file))
		if (sscanf(line, "Mems_allowed_list: %4095s", list) == 1)
			err = node_mask_parse(mems, list);
	fclose(file);
	return err;
}

/* All pages of a window are in @nodes. */
static unsigned int strays(struct __test_metadata *_metadata, pid_t child,
			   char *pages, const struct node_mask *nodes)
{
	unsigned int stray = 0;
	int where[NR_PAGES], i;

	ASSERT_EQ(0, mem_page_nodes(child, pages, NR_PAGES, where));
	for (i = 0; i < NR_PAGES; i++)
		stray += !node_mask_test(nodes, where[i]);
	return stray;
}

/* The child takes the next window's pages: they come from @nodes. */
static void grow(struct __test_metadata *_metadata, pid_t child,
		 struct channel *channel, char *pages,
		 const struct node_mask *nodes, const char *when)
{
	const unsigned long asked = channel->asked + 1;
	const long long end = now_ms() + MIGRATE_MS;

	__atomic_store_n(&channel->asked, asked, __ATOMIC_RELEASE);
	while (__atomic_load_n(&channel->done, __ATOMIC_ACQUIRE) != asked &&
	       now_ms() < end)
		nap();
	ASSERT_EQ(asked, __atomic_load_n(&channel->done, __ATOMIC_ACQUIRE)) {
		TH_LOG("the child gets no memory %s", when);
	}
	EXPECT_EQ(0U, strays(_metadata, child, pages, nodes)) {
		TH_LOG("new pages not on %s %s", node_mask_name(nodes), when);
	}
}

/*
 * What a cpuset names stays what it names. What is effective is what of it has
 * memory, or all that the parent has if none of it has; its tasks are told, take
 * memory there, and when the node is back, their memory follows.
 */
TEST_F_TIMEOUT(cpuset, follows_the_node, TEST_TIMEOUT_S)
{
	const struct node_place *place = &self->place;
	const size_t window = NR_PAGES * place->page;
	struct node_mask root, effective, told;
	char *pages = self->area;
	long long end;
	int phase, old;

	ASSERT_EQ(0, put(GROUP "/cpuset.mems", node_mask_name(&self->mems)));

	for (phase = 0; phase < 4; phase++) {
		const bool empty = phase & 1;
		const char *when = empty ? "without memory" : "with memory";

		if (phase)
			ASSERT_EQ(0, empty ? node_place_take(place) :
					     node_place_give(place));

		ASSERT_EQ(0, node_mask_read(&root, CGROUP
					    "/cpuset.mems.effective"));
		EXPECT_EQ(!empty, node_mask_test(&root, place->node.id));
		effective = self->mems;
		if (empty) {
			effective = (struct node_mask){};
			if (variant->two)
				node_mask_set(&effective, place->other);
			else
				effective = root;
		}
		must_be(_metadata, GROUP "/cpuset.mems", &self->mems, when);
		must_be(_metadata, GROUP "/cpuset.mems.effective", &effective,
			when);
		ASSERT_EQ(0, task_mems(self->child, &told));
		EXPECT_TRUE(node_mask_equal(&effective, &told)) {
			TH_LOG("the task may use %s, not %s, %s",
			       node_mask_name(&told),
			       node_mask_name(&effective), when);
		}

		grow(_metadata, self->child, self->channel,
		     pages + phase * window, &effective, when);

		ASSERT_EQ(0, wait_for_migration(&self->mems));
		end = now_ms() + MIGRATE_MS;
		for (old = 0; old < phase; old++) {
			char *first = pages + old * window;

			while (strays(_metadata, self->child, first,
				      &effective) && now_ms() < end)
				nap();
			EXPECT_EQ(0U, strays(_metadata, self->child, first,
					     &effective)) {
				TH_LOG("pages of phase %d are not on %s %s",
				       old, node_mask_name(&effective), when);
			}
		}
	}
	EXPECT_EQ(place->oom_kills, oom_kills());
}

/*
 * A node without memory may be named, before it has any, and counts as soon as
 * it has. A node that cannot be is refused and nothing changes.
 */
TEST_F_TIMEOUT(cpuset, may_name_an_empty_node, TEST_TIMEOUT_S)
{
	const struct node_place *place = &self->place;
	struct node_mask root, effective = {}, told;

	ASSERT_EQ(0, node_place_take(place));
	ASSERT_EQ(0, node_mask_read(&root, CGROUP "/cpuset.mems.effective"));
	ASSERT_EQ(0, put(GROUP "/cpuset.mems", node_mask_name(&self->mems)));

	if (variant->two)
		node_mask_set(&effective, place->other);
	else
		effective = root;
	must_be(_metadata, GROUP "/cpuset.mems", &self->mems, "when written");
	must_be(_metadata, GROUP "/cpuset.mems.effective", &effective,
		"without memory");
	grow(_metadata, self->child, self->channel, self->area, &effective,
	     "without memory");

	EXPECT_GT(0, put(GROUP "/cpuset.mems", "99999"));
	EXPECT_EQ(-EINVAL, put(GROUP "/cpuset.mems", "x"));
	must_be(_metadata, GROUP "/cpuset.mems", &self->mems, "when refused");

	ASSERT_EQ(0, node_place_give(place));
	must_be(_metadata, GROUP "/cpuset.mems.effective", &self->mems,
		"with memory");
	ASSERT_EQ(0, task_mems(self->child, &told));
	EXPECT_TRUE(node_mask_equal(&self->mems, &told));
	grow(_metadata, self->child, self->channel,
	     self->area + NR_PAGES * place->page, &self->mems, "with memory");
}

/* A CPU that can go, and is not the one that the test is tied to. */
static const struct cpu *another_cpu(const struct cpus *cpus)
{
	const int here = sched_getcpu();
	size_t i;

	for (i = 0; i < cpus->nr; i++)
		if (cpus->cpu[i].may_go && cpus->cpu[i].id != here)
			return &cpus->cpu[i];
	return NULL;
}

/* A cpuset that names no CPUs has those that are up, and so has the root. */
TEST_F_TIMEOUT(cpuset, follows_the_cpus, TEST_TIMEOUT_S)
{
	static const char *const paths[] = {
		CGROUP "/cpuset.cpus.effective", GROUP "/cpuset.cpus.effective",
	};
	const struct cpus *cpus = cpus_at_start();
	const struct cpu *cpu = cpus ? another_cpu(cpus) : NULL;
	char expected[ATTR_LEN], found[ATTR_LEN];
	size_t i;
	int up;

	if (!cpu)
		SKIP(return, "no CPU but this one can go offline");
	for (up = 0; up <= 1; up++) {
		ASSERT_EQ(0, cpu_set(cpus, cpu, CPU_ONLINE, up));
		ASSERT_EQ(0, attr_read(SYSFS_CPU "/online", expected,
				       sizeof(expected)));
		for (i = 0; i < ARRAY_LEN(paths); i++) {
			ASSERT_EQ(0, attr_read(paths[i], found, sizeof(found)));
			EXPECT_STREQ(expected, found) {
				TH_LOG("%s, cpu%d being %s", paths[i], cpu->id,
				       up ? "up" : "down");
			}
		}
	}
}

int main(int argc, char **argv)
{
	cpu_guard();
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
