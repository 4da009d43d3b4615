// SPDX-License-Identifier: GPL-2.0
/*
 * What a node's files say and take while it loses all its memory and gets some
 * back.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <linux/mempolicy.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "attr_guard.h"
#include "expected_failure.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "node_mem.h"
#include "node_place.h"

#define TIERS		"/sys/devices/virtual/memory_tiering"
#define THP_ENABLED	"/sys/kernel/mm/transparent_hugepage/enabled"
#define HUGEPAGES	"/sys/kernel/mm/hugepages"
#define VM_HUGEPAGES	"/proc/sys/vm/nr_hugepages"
#define VM_MIN_FREE	"/proc/sys/vm/min_free_kbytes"

/* Huge pages larger than this take more than a test should. */
#define MAX_HUGE_KIB	(32 * 1024)

#define NR_HUGE		3UL
#define NR_PAGES	64UL
#define NR_CYCLES	3
#define TEST_TIMEOUT_S	60

#define MAX_TEXT	16384

FIXTURE(node) {
	struct node_place place;
};

FIXTURE_SETUP(node)
{
	const char *reason;
	int err;

	ASSERT_EQ(0U, attr_guard_restore());
	err = node_place_find(&self->place, &reason);
	if (err == -ENODEV)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s", reason, errname(err));
	}
}

FIXTURE_TEARDOWN(node)
{
	EXPECT_EQ(0U, attr_guard_restore());
	if (self->place.blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->place.blocks));
}

static void give_memory(struct __test_metadata *_metadata,
			const struct node_place *place)
{
	ASSERT_EQ(0, node_place_give(place));
}

static void take_memory(struct __test_metadata *_metadata,
			const struct node_place *place)
{
	ASSERT_EQ(0, node_place_take(place));
}

static unsigned long counter(struct __test_metadata *_metadata, int node,
			     const char *file, const char *name)
{
	unsigned long value = 0;
	int err = node_counter(node, file, name, &value);

	EXPECT_EQ(0, err) {
		TH_LOG("node%d/%s: %s: %s", node, file, name, errname(err));
	}
	return value;
}

/* All numbers in a file of the node, of lines "name N" or "Node N name: N". */
static void all_zero(struct __test_metadata *_metadata, int node,
		     const char *file, unsigned int at_least)
{
	char path[PATH_LEN], text[MAX_TEXT], *line, *save, *pos;
	unsigned int lines = 0;
	int err;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/%s", node, file);
	err = attr_read(path, text, sizeof(text));
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s", path, errname(err));
	}
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		lines++;
		pos = strstr(line, " kB");
		if (pos)
			*pos = '\0';
		pos = strrchr(line, ' ');
		ASSERT_NE(NULL, pos);
		EXPECT_EQ(0UL, strtoul(pos, NULL, 10)) {
			TH_LOG("%s: %s", path, line);
		}
	}
	EXPECT_LE(at_least, lines);
}

/*
 * C2. A node that has lost all its memory is still there: its files can be
 * read, and count nothing.
 */
TEST_F(node, empty_node_counts_nothing)
{
	const struct node_place *place = &self->place;
	const int node = place->node.id;
	char path[PATH_LEN], text[ATTR_LEN];

	take_memory(_metadata, place);
	EXPECT_EQ(1, memory_node_listed("possible", node));
	EXPECT_EQ(1, memory_node_listed("online", node));
	EXPECT_EQ(0, memory_node_listed("has_memory", node));
	EXPECT_EQ(0, memory_node_listed("has_normal_memory", node));
	EXPECT_EQ(0, memory_node_listed("has_cpu", node));

	ASSERT_EQ(0, node_counters_settle());
	all_zero(_metadata, node, "meminfo", 10);
	EXPECT_EQ(0UL, counter(_metadata, node, "vmstat", "nr_free_pages"));
	EXPECT_EQ(0UL, counter(_metadata, node, "vmstat", "nr_anon_pages"));
	EXPECT_EQ(0UL, counter(_metadata, node, "vmstat", "nr_page_table_pages"));
	EXPECT_EQ(0UL, counter(_metadata, node, "vmstat", "nr_slab_unreclaimable"));
	EXPECT_EQ(0UL, counter(_metadata, node, "vmstat", "nr_isolated_anon"));

	/* No CPU either, in both spellings. */
	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/cpulist", node);
	ASSERT_EQ(0, attr_read(path, text, sizeof(text)));
	EXPECT_STREQ("", text);
	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/cpumap", node);
	ASSERT_EQ(0, attr_read(path, text, sizeof(text)));
	EXPECT_EQ(strlen(text), strspn(text, "0,")) {
		TH_LOG("cpumap: %s", text);
	}

	/* And as before when a block is back. */
	give_memory(_metadata, place);
	EXPECT_LT(0UL, counter(_metadata, node, "vmstat", "nr_free_pages"));
	EXPECT_LT(0UL, counter(_metadata, node, "meminfo", "MemTotal"));
	EXPECT_EQ(1, memory_node_listed("has_memory", node));
	EXPECT_EQ(0, memory_node_listed("has_normal_memory", node));
}

/* A table of distances: from a node to itself 10, as far there as back. */
TEST_F(node, distances_stay)
{
	const struct node_place *place = &self->place;
	struct node_mask online, possible;
	char path[PATH_LEN], before[MAX_TEXT], after[MAX_TEXT];
	int i, k, round;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/distance",
		 place->node.id);
	ASSERT_EQ(0, attr_read(path, before, sizeof(before)));
	ASSERT_EQ(0, node_mask_read(&online, SYSFS_NODE "/online"));
	ASSERT_EQ(0, node_mask_read(&possible, SYSFS_NODE "/possible"));

	for (round = 0; round < 2; round++) {
		if (round)
			take_memory(_metadata, place);
		ASSERT_EQ(0, attr_read(path, after, sizeof(after)));
		EXPECT_STREQ(before, after);
		for (i = 0; i < MAX_NODES; i++) {
			if (!node_mask_test(&online, i))
				continue;
			EXPECT_TRUE(node_mask_test(&possible, i));
			EXPECT_EQ(10, node_distance(i, i));
			for (k = 0; k < i; k++) {
				if (!node_mask_test(&online, k))
					continue;
				EXPECT_LT(10, node_distance(i, k));
				EXPECT_EQ(node_distance(i, k),
					  node_distance(k, i)) {
					TH_LOG("nodes %d and %d", i, k);
				}
			}
		}
	}
}

/* Of the nodes, with one of /proc/vmstat in each gap. */
#define READINGS	3

/**
 * struct sums - a counter of /proc/vmstat
 * @name:	its name
 * @global:	what that file says, between two readings of the nodes
 * @sum:	sum over the nodes
 * @nodes:	how many nodes have it
 */
struct sums {
	char name[64];
	unsigned long global[READINGS - 1];
	unsigned long sum[READINGS];
	unsigned int nodes;
};

/* Adds what one node's vmstat says. */
static int add_node(struct sums *sums, size_t nr, int node, int reading)
{
	char path[PATH_LEN], line[ATTR_LEN], name[64];
	unsigned long value;
	FILE *file;
	size_t i;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/vmstat", node);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %lu", name, &value) != 2)
			continue;
		for (i = 0; i < nr; i++) {
			if (strcmp(sums[i].name, name))
				continue;
			sums[i].sum[reading] += value;
			sums[i].nodes += !reading;
		}
	}
	fclose(file);
	return 0;
}

#define MAX_SUMS	256

static size_t read_sums(struct __test_metadata *_metadata, struct sums *sums)
{
	struct node_mask online;
	char line[ATTR_LEN];
	size_t nr = 0, i;
	int node, reading;
	FILE *file;

	ASSERT_EQ(0, node_mask_read(&online, SYSFS_NODE "/online"));
	memset(sums, 0, MAX_SUMS * sizeof(*sums));
	/* The names first, so that the readings are close together. */
	file = fopen("/proc/vmstat", "re");
	ASSERT_NE(NULL, file);
	while (nr < MAX_SUMS && fgets(line, sizeof(line), file))
		nr += sscanf(line, "%63s", sums[nr].name) == 1;

	for (reading = 0; reading < READINGS; reading++) {
		for (node = 0; node < MAX_NODES; node++)
			if (node_mask_test(&online, node))
				ASSERT_EQ(0, add_node(sums, nr, node, reading));
		if (reading == READINGS - 1)
			break;
		rewind(file);
		for (i = 0; i < nr && fgets(line, sizeof(line), file); i++)
			sums[i].global[reading] =
				strtoul(line + strcspn(line, " "), NULL, 10);
	}
	fclose(file);
	return nr;
}

/* A thread that comes and ends meanwhile is in one of the readings alone. */
static bool moves(const struct sums *sums)
{
	return sums->sum[0] != sums->sum[1] || sums->sum[1] != sums->sum[2] ||
	       sums->global[0] != sums->global[1];
}

/*
 * What the nodes count adds up to what the machine counts, with the node's
 * memory and without. Counters that move while they are read are left out:
 * those that the memory of the node is counted in do not.
 */
TEST_F(node, vmstat_adds_up)
{
	const struct node_place *place = &self->place;
	static struct sums sums[MAX_SUMS];
	unsigned int still;
	size_t nr, i;
	int round;

	for (round = 0; round < 3; round++) {
		if (round == 1)
			take_memory(_metadata, place);
		else if (round == 2)
			give_memory(_metadata, place);
		nr = read_sums(_metadata, sums);
		ASSERT_LT(20U, nr);
		for (i = 0, still = 0; i < nr; i++) {
			/* The machine has counters that its nodes lack. */
			if (!sums[i].nodes || moves(&sums[i]))
				continue;
			still++;
			EXPECT_EQ(sums[i].global[0], sums[i].sum[0]) {
				TH_LOG("round %d: %s", round, sums[i].name);
			}
		}
		EXPECT_LT(20U, still);
	}
}

/* Pages of a new mapping that may come from the node only. */
static void *bind_pages(struct __test_metadata *_metadata, int node, int mode,
			size_t len)
{
	struct node_mask mask = {};
	void *area;

	area = mmap(NULL, len, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, area);
	madvise(area, len, MADV_NOHUGEPAGE);
	node_mask_set(&mask, node);
	ASSERT_EQ(0, mem_policy_set(area, len, mode, &mask));
	memset(area, 1, len);
	return area;
}

/*
 * numastat counts the allocations that the node served: all of them from
 * another node's CPU, as it has none. The counts outlast its memory.
 */
TEST_F(node, numastat_goes_on)
{
	static const char *const names[] = {
		"numa_hit", "other_node", "interleave_hit",
	};
	const struct node_place *place = &self->place;
	const size_t len = NR_PAGES * place->page;
	unsigned long before[ARRAY_LEN(names)], now;
	const int node = place->node.id;
	void *area;
	size_t i;
	int cycle;

	for (cycle = 0; cycle < NR_CYCLES; cycle++) {
		for (i = 0; i < ARRAY_LEN(names); i++)
			before[i] = counter(_metadata, node, "numastat",
					    names[i]);
		area = bind_pages(_metadata, node, MPOL_INTERLEAVE, len);
		for (i = 0; i < ARRAY_LEN(names); i++) {
			now = counter(_metadata, node, "numastat", names[i]);
			EXPECT_LE(before[i] + NR_PAGES, now) {
				TH_LOG("cycle %d: %s", cycle, names[i]);
			}
			before[i] = now;
		}
		ASSERT_EQ(0, munmap(area, len));
		EXPECT_EQ(0UL, counter(_metadata, node, "numastat",
				       "local_node"));

		take_memory(_metadata, place);
		for (i = 0; i < ARRAY_LEN(names); i++)
			EXPECT_LE(before[i], counter(_metadata, node,
						     "numastat", names[i])) {
				TH_LOG("cycle %d: %s without memory", cycle,
				       names[i]);
			}
		give_memory(_metadata, place);
	}
}

/* Asking for compaction is always fine, there may just be nothing to do. */
TEST_F(node, compact_is_taken)
{
	const struct node_place *place = &self->place;
	char path[PATH_LEN];
	int round;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/compact",
		 place->node.id);
	if (access(path, F_OK))
		SKIP(return, "no %s: CONFIG_COMPACTION is not set", path);
	for (round = 0; round < 2; round++) {
		if (round)
			take_memory(_metadata, place);
		EXPECT_EQ(1, attr_write(path, "1", 1));
		EXPECT_EQ(-1, open(path, O_RDONLY | O_CLOEXEC));
		EXPECT_EQ(EACCES, errno);
	}
}

/* How many memory tiers a node is in. */
static unsigned int tiers_of(struct __test_metadata *_metadata, int node)
{
	char path[PATH_LEN + ATTR_LEN];
	struct node_mask nodes;
	unsigned int tiers = 0;
	struct dirent *entry;
	DIR *dir;

	dir = opendir(TIERS);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir))) {
		if (strncmp(entry->d_name, "memory_tier", strlen("memory_tier")))
			continue;
		snprintf(path, sizeof(path), TIERS "/%s/nodelist",
			 entry->d_name);
		ASSERT_EQ(0, node_mask_read(&nodes, path));
		tiers += node_mask_test(&nodes, node);
	}
	closedir(dir);
	return tiers;
}

/* A node is in a memory tier as long as it has memory, of whichever zone. */
TEST_F(node, memory_tier_follows)
{
	const struct node_place *place = &self->place;
	const int node = place->node.id;

	if (access(TIERS, F_OK))
		SKIP(return, "no " TIERS);
	EXPECT_EQ(1U, tiers_of(_metadata, node)) {
		TH_LOG("tiers of node %d with memory", node);
	}
	take_memory(_metadata, place);
	EXPECT_EQ(0U, tiers_of(_metadata, node)) {
		TH_LOG("tiers of node %d without memory", node);
	}
	give_memory(_metadata, place);
	EXPECT_EQ(1U, tiers_of(_metadata, node)) {
		TH_LOG("tiers of node %d with memory again", node);
	}
}

static unsigned long min_free(struct __test_metadata *_metadata)
{
	char text[ATTR_LEN];

	ASSERT_EQ(0, attr_read(VM_MIN_FREE, text, sizeof(text)));
	return strtoul(text, NULL, 10);
}

/*
 * khugepaged wants more memory to be free than others do. It says so when
 * somebody writes to "enabled", so that must change nothing after hotplug, which
 * computes the amount anew.
 */
TEST_F(node, min_free_kbytes_heeds_khugepaged)
{
	const struct node_place *place = &self->place;
	char text[ATTR_LEN], *chosen;
	unsigned long computed;
	int round;

	if (attr_read(THP_ENABLED, text, sizeof(text)))
		SKIP(return, "no " THP_ENABLED
		     ": CONFIG_TRANSPARENT_HUGEPAGE is not set");
	/* "always [madvise] never" */
	chosen = strchr(text, '[');
	ASSERT_NE(NULL, chosen);
	chosen = strtok(chosen + 1, "]");
	for (round = 0; round < 2; round++) {
		if (round)
			give_memory(_metadata, place);
		else
			take_memory(_metadata, place);
		computed = min_free(_metadata);
		ASSERT_EQ((ssize_t)strlen(chosen),
			  attr_write(THP_ENABLED, chosen, strlen(chosen)));
		EXPECT_EQ(min_free(_metadata), computed) {
			TH_LOG("vm.min_free_kbytes %s memory",
			       round ? "with" : "without");
		}
	}
}

/* A huge page size, "hugepages-2048kB": its pages on a node, -1 for all. */
static unsigned long pool(struct __test_metadata *_metadata, int node,
			  const char *size, const char *name)
{
	char path[PATH_LEN + ATTR_LEN], text[ATTR_LEN];
	int err;

	if (node < 0)
		snprintf(path, sizeof(path), HUGEPAGES "/%s/%s", size, name);
	else
		snprintf(path, sizeof(path), SYSFS_NODE "/node%d/hugepages/%s/%s",
			 node, size, name);
	err = attr_read(path, text, sizeof(text));
	EXPECT_EQ(0, err) {
		TH_LOG("%s: %s", path, errname(err));
	}
	return err ? 0 : strtoul(text, NULL, 10);
}

static int ask_pool(int node, const char *size, unsigned long nr)
{
	char path[PATH_LEN + ATTR_LEN], text[ATTR_LEN];
	int len = snprintf(text, sizeof(text), "%lu", nr), ret;

	snprintf(path, sizeof(path),
		 SYSFS_NODE "/node%d/hugepages/%s/nr_hugepages", node, size);
	ret = attr_write(path, text, len);
	return ret == len ? 0 : ret < 0 ? ret : -EIO;
}

/* Of "hugepages-2048kB". */
static unsigned long size_kib(const char *size)
{
	return strtoul(size + strlen("hugepages-"), NULL, 10);
}

/* vm.nr_hugepages is about huge pages of one size. */
static bool is_default_size(const char *size)
{
	char line[ATTR_LEN];
	unsigned long is = 0;
	FILE *file;

	file = fopen("/proc/meminfo", "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Hugepagesize: %lu kB", &is) == 1)
			break;
	if (file)
		fclose(file);
	return size_kib(size) == is;
}

static void check_pool(struct __test_metadata *_metadata, int node,
		       const char *size, unsigned long nr, unsigned long others,
		       const char *when)
{
	EXPECT_EQ(nr, pool(_metadata, node, size, "nr_hugepages")) {
		TH_LOG("%s: nr_hugepages of node %d %s", size, node, when);
	}
	EXPECT_EQ(nr, pool(_metadata, node, size, "free_hugepages")) {
		TH_LOG("%s: free_hugepages of node %d %s", size, node, when);
	}
	EXPECT_EQ(0UL, pool(_metadata, node, size, "surplus_hugepages")) {
		TH_LOG("%s: surplus_hugepages of node %d %s", size, node, when);
	}
	EXPECT_EQ(others + nr, pool(_metadata, -1, size, "nr_hugepages")) {
		TH_LOG("%s: nr_hugepages of all nodes %s", size, when);
	}
	if (is_default_size(size)) {
		char text[ATTR_LEN];

		ASSERT_EQ(0, attr_read(VM_HUGEPAGES, text, sizeof(text)));
		EXPECT_EQ(others + nr, strtoul(text, NULL, 10)) {
			TH_LOG("vm.nr_hugepages %s: %s", when, text);
		}
	}
}

static void pool_follows(struct __test_metadata *_metadata,
			 const struct node_place *place, const char *size)
{
	const int node = place->node.id;
	const unsigned long others = pool(_metadata, -1, size, "nr_hugepages");

	ASSERT_EQ(0UL, pool(_metadata, node, size, "nr_hugepages"));

	EXPECT_EQ(0, ask_pool(node, size, NR_HUGE));
	check_pool(_metadata, node, size, NR_HUGE, others, "with memory");
	take_memory(_metadata, place);
	check_pool(_metadata, node, size, 0, others, "without memory");

	/* There is nothing to make huge pages of, on this node. */
	EXPECT_EQ(0, ask_pool(node, size, NR_HUGE));
	check_pool(_metadata, node, size, 0, others, "after asking in vain");
	EXPECT_EQ(0, ask_pool(node, size, 0));

	give_memory(_metadata, place);
	check_pool(_metadata, node, size, 0, others, "with memory again");
	EXPECT_EQ(0, ask_pool(node, size, 1));
	check_pool(_metadata, node, size, 1, others, "after asking again");
	EXPECT_EQ(0, ask_pool(node, size, 0));
	check_pool(_metadata, node, size, 0, others, "after giving up all");
}

/*
 * A mapping that has been promised the free pages of all pools, and has not used
 * them yet.
 */
static void *reserve_pools(struct __test_metadata *_metadata, const char *size,
			   size_t *len)
{
	const unsigned long bytes = size_kib(size) * 1024;
	void *area;

	*len = bytes * (pool(_metadata, -1, size, "free_hugepages") -
			pool(_metadata, -1, size, "resv_hugepages"));
	area = mmap(NULL, *len, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		    __builtin_ctzl(bytes) << MAP_HUGE_SHIFT, -1, 0);
	ASSERT_NE(MAP_FAILED, area) {
		TH_LOG("%s: %s", size, strerror(errno));
	}
	return area;
}

static void pool_is_kept(struct __test_metadata *_metadata,
			 const struct node_place *place, const char *size)
{
	const int node = place->node.id;
	void *area;
	size_t len;
	int err;

	EXPECT_EQ(0, ask_pool(node, size, NR_HUGE));
	area = reserve_pools(_metadata, size, &len);

	err = memory_block_write(place->block, "state", "offline");
	ASSERT_EQ(-EBUSY, err) {
		TH_LOG("%s: offline with reserved pages: %s", size,
		       errname(err));
	}
	EXPECT_EQ(NR_HUGE, pool(_metadata, node, size, "nr_hugepages"));
	memset(area, 1, len);
	EXPECT_EQ(0UL, pool(_metadata, node, size, "free_hugepages"));
	ASSERT_EQ(0, munmap(area, len));
	EXPECT_EQ(0, ask_pool(node, size, 0));
}

/*
 * A page that its node is to give up, and that is only there because it was
 * promised. Another node's new page can keep the promise, so it goes with the
 * memory, and nobody's wish for huge pages becomes less.
 */
static void surplus_goes(struct __test_metadata *_metadata,
			 const struct node_place *place, const char *size)
{
	const unsigned long kept = pool(_metadata, place->other, size,
					"nr_hugepages");
	const unsigned long others = pool(_metadata, -1, size, "nr_hugepages");
	const int node = place->node.id;
	unsigned long nr;
	void *area;
	size_t len;

	EXPECT_EQ(0, ask_pool(node, size, 1));
	area = reserve_pools(_metadata, size, &len);
	EXPECT_EQ(0, ask_pool(node, size, 0));
	ASSERT_EQ(1UL, pool(_metadata, node, size, "surplus_hugepages"));
	EXPECT_EQ(0, ask_pool(place->other, size, kept + 1));
	nr = pool(_metadata, place->other, size, "nr_hugepages");
	if (nr == kept + 2) {
		ASSERT_EQ(0, munmap(area, len));
		EXPECT_EQ(0, ask_pool(place->other, size, kept));
		EXPECTED_FAILURE(return,
				 "%s: a surplus page elsewhere brings a page more",
				 size);
	}
	ASSERT_EQ(kept + 1, nr);

	take_memory(_metadata, place);
	check_pool(_metadata, node, size, 0, others + 1, "without surplus page");
	ASSERT_EQ(0, munmap(area, len));
	EXPECT_EQ(0, ask_pool(place->other, size, kept));
	give_memory(_metadata, place);
	check_pool(_metadata, node, size, 0, others, "after giving up all");
}

/*
 * The largest page that the page allocator has, whose orders are the columns of
 * /proc/buddyinfo behind "Node 0, zone Normal". No larger page is made of
 * ZONE_MOVABLE.
 */
static unsigned long largest_page_kib(void)
{
	unsigned long kib = 0;
	char line[MAX_TEXT], *words;
	FILE *file;

	file = fopen("/proc/buddyinfo", "re");
	if (!file)
		return 0;
	if (fgets(line, sizeof(line), file) && strtok_r(line, " ", &words) &&
	    strtok_r(NULL, " ", &words) && strtok_r(NULL, " ", &words) &&
	    strtok_r(NULL, " ", &words) && strtok_r(NULL, "\n ", &words)) {
		kib = sysconf(_SC_PAGESIZE) / 1024;
		while (strtok_r(NULL, "\n ", &words))
			kib *= 2;
	}
	fclose(file);
	return kib;
}

/* The next size that is not too large, NULL if there is none. */
static const char *next_size(DIR *dir, unsigned long largest_kib)
{
	struct dirent *entry;

	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    size_kib(entry->d_name) <= largest_kib)
			return entry->d_name;
	return NULL;
}

/* Why there is nothing to check, NULL when each size was. */
static const char *
with_each_size(struct __test_metadata *_metadata,
	       const struct node_place *place,
	       void (*check)(struct __test_metadata *_metadata,
			     const struct node_place *place, const char *size))
{
	unsigned long largest_kib = largest_page_kib();
	unsigned int sizes = 0;
	char path[PATH_LEN];
	const char *size;
	DIR *dir;

	if (largest_kib > MAX_HUGE_KIB)
		largest_kib = MAX_HUGE_KIB;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/hugepages",
		 place->node.id);
	dir = opendir(path);
	if (!dir)
		return "no huge pages: CONFIG_HUGETLBFS is not set";
	for (; (size = next_size(dir, largest_kib)); sizes++)
		check(_metadata, place, size);
	closedir(dir);
	return sizes ? NULL : "no huge page is small enough";
}

/*
 * The pool of huge pages that a node has goes with its memory, unused pages
 * being no reason to keep it; none come back by themselves, and none come from
 * elsewhere.
 */
TEST_F_TIMEOUT(node, huge_page_pool_follows, TEST_TIMEOUT_S)
{
	const char *none = with_each_size(_metadata, &self->place, pool_follows);

	if (none)
		SKIP(return, "%s", none);
}

/*
 * Pages that a mapping has reserved are a reason: the memory stays until they
 * were used, which always succeeds, and given back.
 */
TEST_F_TIMEOUT(node, reserved_huge_pages_stay, TEST_TIMEOUT_S)
{
	const char *none = with_each_size(_metadata, &self->place, pool_is_kept);

	if (none)
		SKIP(return, "%s", none);
}

/* Pages that a pool has too many of are no longer counted as such. */
TEST_F_TIMEOUT(node, surplus_huge_pages_go, TEST_TIMEOUT_S)
{
	const char *none = with_each_size(_metadata, &self->place, surplus_goes);

	if (none)
		SKIP(return, "%s", none);
}

/*
 * Initiators and targets of the node, where the firmware tells of them, do not
 * depend on its memory being online.
 */
TEST_F(node, links_stay)
{
	const struct node_place *place = &self->place;
	unsigned int count[2] = {};
	char path[PATH_LEN];
	struct dirent *entry;
	int round;
	DIR *dir;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d", place->node.id);
	for (round = 0; round < 2; round++) {
		if (round)
			take_memory(_metadata, place);
		dir = opendir(path);
		ASSERT_NE(NULL, dir);
		while ((entry = readdir(dir)))
			count[round]++;
		closedir(dir);
	}
	EXPECT_EQ(count[0], count[1]);
	EXPECT_TRUE(memory_block_node_link(place->block, place->node.id));
}

int main(int argc, char **argv)
{
	static char paths[MAX_NODES][PATH_LEN];
	static const char *settings[MAX_NODES];
	struct dirent *entry;
	size_t nr = 0;
	int node;
	DIR *dir;

	/* The pools that this program may change. */
	for (node = 0; node < MAX_NODES; node++) {
		if (memory_node_listed("online", node) != 1)
			continue;
		snprintf(paths[nr], PATH_LEN, SYSFS_NODE "/node%d/hugepages",
			 node);
		dir = opendir(paths[nr]);
		while (dir && nr < MAX_NODES && (entry = readdir(dir))) {
			if (entry->d_name[0] == '.')
				continue;
			snprintf(paths[nr], PATH_LEN,
				 SYSFS_NODE "/node%d/hugepages/%.32s/nr_hugepages",
				 node, entry->d_name);
			settings[nr] = paths[nr];
			nr++;
		}
		if (dir)
			closedir(dir);
	}
	attr_guard_enter(settings, nr);
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
