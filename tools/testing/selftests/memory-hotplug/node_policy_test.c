// SPDX-License-Identifier: GPL-2.0
/*
 * Memory policies that name a node, while the node loses all its memory and
 * gets some back.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "attr_guard.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "node_mem.h"
#include "node_place.h"

#ifndef MPOL_PREFERRED_MANY
#define MPOL_PREFERRED_MANY	5
#endif
#ifndef MPOL_WEIGHTED_INTERLEAVE
#define MPOL_WEIGHTED_INTERLEAVE	6
#endif
#ifndef SYS_set_mempolicy_home_node
#define SYS_set_mempolicy_home_node	450
#endif

#define WEIGHTS		"/sys/kernel/mm/mempolicy/weighted_interleave"

/* The weight of the node that comes and goes; the other node's is 1. */
#define WEIGHT		3

/* Pages in each of three phases: any few nodes share them evenly. */
#define NR_PAGES	12
#define NR_PHASES	3

#define NR_CYCLES	4
#define STALL_MS	10000
#define TEST_TIMEOUT_S	100

/* The node has memory afterwards, and all settings are as they were. */
static void place_setup(struct __test_metadata *_metadata,
			struct node_place *place)
{
	const char *reason;
	int err;

	ASSERT_EQ(0U, attr_guard_restore());
	if (!mem_cpusets())
		SKIP(return, "no cpusets: nothing adapts policies");
	err = node_place_find(place, &reason);
	if (err == -ENODEV)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s", reason, errname(err));
	}
}

static void place_teardown(struct __test_metadata *_metadata,
			   const struct node_place *place)
{
	EXPECT_EQ(0U, attr_guard_restore());
	if (place->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(place->blocks));
}

static void give_memory(struct __test_metadata *_metadata,
			const struct node_place *place)
{
	int err = node_place_give(place);

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: online: %s", place->block, errname(err));
	}
}

static void take_memory(struct __test_metadata *_metadata,
			const struct node_place *place)
{
	int err = node_place_take(place);

	ASSERT_EQ(0, err) {
		TH_LOG("node %d: offline: %s", place->node.id, errname(err));
	}
}

/* The n-th node of a set, counted from 0. */
static int nth_node(const struct node_mask *mask, unsigned int n)
{
	int node;

	for (node = 0; node < MAX_NODES; node++)
		if (node_mask_test(mask, node) && !n--)
			return node;
	return -1;
}

/* How many nodes of a set come before one that is in it. */
static unsigned int rank_of(const struct node_mask *mask, int node)
{
	unsigned int rank = 0;

	while (--node >= 0)
		rank += node_mask_test(mask, node);
	return rank;
}

FIXTURE(policy) {
	struct node_place place;
	struct node_mask user;
	struct node_mask nodes;
	struct node_mask mems;
	char *area;
};

/*
 * Variants: a policy, its flags, whether it names a second node too, and
 * whether it is the task's policy rather than that of some memory.
 */
FIXTURE_VARIANT(policy) {
	int mode;
	int flags;
	bool two;
	bool task;
};

FIXTURE_VARIANT_ADD(policy, bind) {
	.mode = MPOL_BIND,
};

FIXTURE_VARIANT_ADD(policy, bind_task) {
	.mode = MPOL_BIND,
	.task = true,
};

FIXTURE_VARIANT_ADD(policy, bind_static) {
	.mode = MPOL_BIND,
	.flags = MPOL_F_STATIC_NODES,
};

FIXTURE_VARIANT_ADD(policy, bind_relative) {
	.mode = MPOL_BIND,
	.flags = MPOL_F_RELATIVE_NODES,
};

FIXTURE_VARIANT_ADD(policy, bind_two) {
	.mode = MPOL_BIND,
	.two = true,
};

FIXTURE_VARIANT_ADD(policy, bind_two_static) {
	.mode = MPOL_BIND,
	.flags = MPOL_F_STATIC_NODES,
	.two = true,
};

FIXTURE_VARIANT_ADD(policy, preferred) {
	.mode = MPOL_PREFERRED,
};

FIXTURE_VARIANT_ADD(policy, preferred_static) {
	.mode = MPOL_PREFERRED,
	.flags = MPOL_F_STATIC_NODES,
};

FIXTURE_VARIANT_ADD(policy, preferred_many) {
	.mode = MPOL_PREFERRED_MANY,
};

FIXTURE_VARIANT_ADD(policy, interleave) {
	.mode = MPOL_INTERLEAVE,
	.two = true,
};

FIXTURE_VARIANT_ADD(policy, interleave_static) {
	.mode = MPOL_INTERLEAVE,
	.flags = MPOL_F_STATIC_NODES,
	.two = true,
};

FIXTURE_VARIANT_ADD(policy, interleave_relative) {
	.mode = MPOL_INTERLEAVE,
	.flags = MPOL_F_RELATIVE_NODES,
	.two = true,
};

FIXTURE_VARIANT_ADD(policy, weighted) {
	.mode = MPOL_WEIGHTED_INTERLEAVE,
	.two = true,
};

FIXTURE_VARIANT_ADD(policy, weighted_static) {
	.mode = MPOL_WEIGHTED_INTERLEAVE,
	.flags = MPOL_F_STATIC_NODES,
	.two = true,
};

/* Which nodes a policy stands for, when @mems have memory. */
static void relative_nodes(const struct node_mask *user,
			   const struct node_mask *mems, struct node_mask *nodes)
{
	const unsigned int weight = node_mask_weight(mems);
	int node;

	*nodes = (struct node_mask){};
	for (node = 0; node < MAX_NODES; node++)
		if (node_mask_test(user, node))
			node_mask_set(nodes, nth_node(mems, node % weight));
}

/*
 * As set_mempolicy(2) has it: the nodes of a policy are moved to nodes of the
 * same rank when the set of nodes changes, unless a flag says that they stay
 * what they are (and count when they are there), or that they always are ranks.
 * A preferred node is left alone.
 */
static void rebind(const struct node_mask *user, int mode, int flags,
		   const struct node_mask *before, const struct node_mask *after,
		   struct node_mask *nodes)
{
	const unsigned int weight = node_mask_weight(after);
	const struct node_mask old = *nodes;
	int node;

	if (mode == MPOL_PREFERRED || mode == MPOL_PREFERRED_MANY)
		return;
	*nodes = (struct node_mask){};
	if (flags & MPOL_F_RELATIVE_NODES) {
		relative_nodes(user, after, nodes);
		return;
	}
	for (node = 0; node < MAX_NODES; node++) {
		if (flags & MPOL_F_STATIC_NODES) {
			if (node_mask_test(user, node) &&
			    node_mask_test(after, node))
				node_mask_set(nodes, node);
		} else if (node_mask_test(&old, node)) {
			const unsigned int rank = rank_of(before, node);

			node_mask_set(nodes, nth_node(after, rank % weight));
		}
	}
	if (!node_mask_weight(nodes))
		*nodes = *after;
}

/* Old kernels have fewer. A policy for nothing is no policy, but it is looked at. */
static bool policy_known(int mode)
{
	const struct node_mask none = {};

	return !mem_policy_set(NULL, 0, mode, &none);
}

static int weight_write(int node, unsigned int weight)
{
	char path[PATH_LEN], value[16];
	int len = snprintf(value, sizeof(value), "%u", weight);

	snprintf(path, sizeof(path), WEIGHTS "/node%d", node);
	return attr_write(path, value, len) == len ? 0 : -EIO;
}

FIXTURE_SETUP(policy)
{
	struct node_place *place = &self->place;
	int err;

	place_setup(_metadata, place);
	if (_metadata->exit_code == KSFT_SKIP)
		return;

	if (!policy_known(variant->mode))
		SKIP(return, "this kernel has no such policy");
	if (variant->mode == MPOL_WEIGHTED_INTERLEAVE) {
		ASSERT_EQ(0, weight_write(place->node.id, WEIGHT));
		ASSERT_EQ(0, weight_write(place->other, 1));
	}
	ASSERT_EQ(0, mem_nodes_allowed(&self->mems));

	/* Ranks rather than nodes are what relative sets consist of. */
	if (variant->flags & MPOL_F_RELATIVE_NODES) {
		node_mask_set(&self->user,
			      rank_of(&self->mems, place->node.id));
		if (variant->two)
			node_mask_set(&self->user,
				      rank_of(&self->mems, place->other));
		relative_nodes(&self->user, &self->mems, &self->nodes);
	} else {
		node_mask_set(&self->user, place->node.id);
		if (variant->two)
			node_mask_set(&self->user, place->other);
		self->nodes = self->user;
	}

	self->area = mmap(NULL, NR_PHASES * NR_PAGES * place->page,
			  PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	ASSERT_NE(MAP_FAILED, self->area);
	/* One page each, whatever huge pages there are. */
	madvise(self->area, NR_PHASES * NR_PAGES * place->page,
		MADV_NOHUGEPAGE);
	if (variant->task)
		err = syscall(SYS_set_mempolicy, variant->mode | variant->flags,
			      self->user.bits, MAX_NODES) ? -errno : 0;
	else
		err = mem_policy_set(self->area,
				     NR_PHASES * NR_PAGES * place->page,
				     variant->mode | variant->flags,
				     &self->user);
	ASSERT_EQ(0, err) {
		TH_LOG("policy %d for nodes %s: %s", variant->mode,
		       node_mask_name(&self->user), errname(err));
	}
}

FIXTURE_TEARDOWN(policy)
{
	syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0);
	place_teardown(_metadata, &self->place);
}

static unsigned int weight_of(int mode, int node)
{
	unsigned long weight = 1;
	char path[PATH_LEN], value[ATTR_LEN];

	if (mode != MPOL_WEIGHTED_INTERLEAVE)
		return 1;
	snprintf(path, sizeof(path), WEIGHTS "/node%d", node);
	if (!attr_read(path, value, sizeof(value)))
		weight = strtoul(value, NULL, 10);
	return weight;
}

/* Fresh pages are where the policy has them. */
static void check_fresh(struct __test_metadata *_metadata,
			const struct node_place *place, int mode,
			const struct node_mask *nodes,
			const struct node_mask *mems, char *pages, int phase)
{
	const bool shares = mode == MPOL_INTERLEAVE ||
			    mode == MPOL_WEIGHTED_INTERLEAVE;
	unsigned int count[MAX_NODES] = {}, total = 0;
	struct node_mask want = *nodes;
	int where[NR_PAGES], i;

	for (i = 0; i < NR_PAGES; i++)
		memset(pages + i * place->page, 16 * phase + i + 1,
		       place->page);

	/* A preferred node without memory: the nearest one, or the CPU's. */
	if (mode == MPOL_PREFERRED && !node_mask_test(mems, place->node.id)) {
		ASSERT_EQ(0, node_nearest(place->node.id, mems, &want));
	} else if (mode == MPOL_PREFERRED_MANY &&
		   !node_mask_test(mems, place->node.id)) {
		want = (struct node_mask){};
		node_mask_set(&want, place->local);
	}

	ASSERT_EQ(0, mem_page_nodes(0, pages, NR_PAGES, where));
	for (i = 0; i < NR_PAGES; i++) {
		EXPECT_TRUE(node_mask_test(&want, where[i])) {
			TH_LOG("phase %d: page %d on node %d, expected one of %s",
			       phase, i, where[i], node_mask_name(&want));
		}
		if (where[i] >= 0)
			count[where[i]]++;
	}
	if (!shares)
		return;

	for (i = 0; i < MAX_NODES; i++)
		if (node_mask_test(&want, i))
			total += weight_of(mode, i);
	for (i = 0; i < MAX_NODES; i++)
		if (node_mask_test(&want, i) && NR_PAGES % total == 0)
			EXPECT_EQ(NR_PAGES / total * weight_of(mode, i),
				  count[i]) {
				TH_LOG("phase %d: node %d of %s", phase, i,
				       node_mask_name(&want));
			}
}

/* What was written before is still there, and not on a node without memory. */
static void check_kept(struct __test_metadata *_metadata,
		       const struct node_place *place, char *pages, int phase,
		       const struct node_mask *mems)
{
	int where[NR_PAGES], i;
	size_t k;

	ASSERT_EQ(0, mem_page_nodes(0, pages, NR_PAGES, where));
	for (i = 0; i < NR_PAGES; i++) {
		EXPECT_TRUE(node_mask_test(mems, where[i])) {
			TH_LOG("page %d of phase %d: node %d, memory is on %s",
			       i, phase, where[i], node_mask_name(mems));
		}
		for (k = 0; k < place->page; k++)
			if (pages[i * place->page + k] !=
			    (char)(16 * phase + i + 1))
				break;
		EXPECT_EQ(place->page, k) {
			TH_LOG("page %d of phase %d: byte %zu has changed", i,
			       phase, k);
		}
	}
}

/* A policy without flags tells which nodes it stands for now. */
static void check_policy(struct __test_metadata *_metadata, char *addr,
			 int mode, int flags, const struct node_mask *nodes)
{
	struct node_mask told;
	int told_mode;

	ASSERT_EQ(0, mem_policy_get(addr, &told_mode, &told));
	EXPECT_EQ(mode | flags, told_mode);
	if (!flags)
		EXPECT_TRUE(node_mask_equal(nodes, &told)) {
			TH_LOG("the policy has nodes %s, expected %s",
			       node_mask_name(&told), node_mask_name(nodes));
		}
}

/*
 * The node has memory, has none, has some again. Each time, the policy names
 * the nodes that its flags say, new pages are there, and the old ones are
 * somewhere, unchanged. Nothing hangs and nobody is killed.
 */
TEST_F_TIMEOUT(policy, follows_the_node, TEST_TIMEOUT_S)
{
	const struct node_place *place = &self->place;
	struct node_mask mems;
	int phase, old;

	for (phase = 0; phase < NR_PHASES; phase++) {
		char *area = self->area + phase * NR_PAGES * place->page;

		if (phase == 1)
			take_memory(_metadata, place);
		else if (phase == 2)
			give_memory(_metadata, place);

		ASSERT_EQ(0, mem_nodes_allowed(&mems));
		ASSERT_EQ(phase != 1, node_mask_test(&mems, place->node.id));
		if (phase)
			rebind(&self->user, variant->mode, variant->flags,
			       &self->mems, &mems, &self->nodes);
		self->mems = mems;

		check_policy(_metadata, variant->task ? NULL : area,
			     variant->mode, variant->flags, &self->nodes);
		check_fresh(_metadata, place, variant->mode, &self->nodes,
			    &mems, area, phase);
		for (old = 0; old < phase; old++)
			check_kept(_metadata, place,
				   self->area + old * NR_PAGES * place->page,
				   old, &mems);
	}
	EXPECT_EQ(place->oom_kills, oom_kills());
}

FIXTURE(calls) {
	struct node_place place;
	char *page;
};

FIXTURE_SETUP(calls)
{
	place_setup(_metadata, &self->place);
	if (_metadata->exit_code == KSFT_SKIP)
		return;
	self->page = mmap(NULL, self->place.page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->page);
}

FIXTURE_TEARDOWN(calls)
{
	place_teardown(_metadata, &self->place);
}

/* A new policy that names a node, with or without another that has memory. */
static void check_mbind(struct __test_metadata *_metadata,
			const struct node_place *place, char *page, bool has_memory)
{
	static const int modes[] = {
		MPOL_BIND, MPOL_PREFERRED, MPOL_PREFERRED_MANY,
		MPOL_INTERLEAVE, MPOL_WEIGHTED_INTERLEAVE,
	};
	static const int flags[] = { 0, MPOL_F_STATIC_NODES };
	struct node_mask one = {}, two = {};
	size_t i, k;

	node_mask_set(&one, place->node.id);
	node_mask_set(&two, place->node.id);
	node_mask_set(&two, place->other);
	for (i = 0; i < ARRAY_LEN(modes); i++) {
		if (!policy_known(modes[i]))
			continue;
		for (k = 0; k < ARRAY_LEN(flags); k++) {
			EXPECT_EQ(has_memory ? 0 : -EINVAL,
				  mem_policy_set(page, place->page,
						 modes[i] | flags[k], &one)) {
				TH_LOG("mode %d, flags %x, node %s memory",
				       modes[i], flags[k],
				       has_memory ? "with" : "without");
			}
			EXPECT_EQ(0, mem_policy_set(page, place->page,
						    modes[i] | flags[k], &two));
		}
	}
	EXPECT_EQ(0, mem_policy_set(page, place->page, MPOL_DEFAULT,
				    &(struct node_mask){}));
}

static int home_node(void *addr, size_t len, unsigned long node,
		     unsigned long flags)
{
	return syscall(SYS_set_mempolicy_home_node, addr, len, node, flags) ?
	       -errno : 0;
}

/* A home node only has to be online, with memory or without. */
static void check_home_node(struct __test_metadata *_metadata,
			    const struct node_place *place, char *page)
{
	struct node_mask other = {};
	int where = -1;

	node_mask_set(&other, place->other);
	ASSERT_EQ(0, mem_policy_set(page, place->page, MPOL_BIND, &other));
	EXPECT_EQ(0, home_node(page, place->page, place->node.id, 0));
	EXPECT_EQ(-EINVAL, home_node(page, place->page, place->node.id, 1));
	EXPECT_EQ(-EINVAL, home_node(page + 1, place->page, place->node.id, 0));
	EXPECT_EQ(-EINVAL, home_node(page, place->page, MAX_NODES, 0));
	EXPECT_EQ(-EINVAL, home_node(page, place->page, -1UL, 0));

	/* It is where the search begins, not where it may end. */
	ASSERT_EQ(0, madvise(page, place->page, MADV_DONTNEED));
	*page = 1;
	ASSERT_EQ(0, mem_page_nodes(0, page, 1, &where));
	EXPECT_EQ(place->other, where);

	ASSERT_EQ(0, mem_policy_set(page, place->page, MPOL_INTERLEAVE,
				    &other));
	EXPECT_EQ(-EOPNOTSUPP, home_node(page, place->page, place->node.id, 0));
	ASSERT_EQ(0, mem_policy_set(page, place->page, MPOL_DEFAULT,
				    &(struct node_mask){}));
}

static int move_page(void *page, int node, int *status)
{
	long ret = syscall(SYS_move_pages, 0, 1UL, &page, &node, status,
			   MPOL_MF_MOVE);

	return ret < 0 ? -errno : ret;
}

static int migrate(const struct node_mask *from, const struct node_mask *to)
{
	long ret = syscall(SYS_migrate_pages, 0, MAX_NODES, from->bits,
			   to->bits);

	return ret < 0 ? -errno : ret;
}

/* Pages go to the node, and away from it, if it has memory. */
static void check_moves(struct __test_metadata *_metadata,
			const struct node_place *place, char *page, bool has_memory)
{
	struct node_mask node = {}, other = {};
	int status = -1, where = -1;

	node_mask_set(&node, place->node.id);
	node_mask_set(&other, place->other);

	*page = 1;
	ASSERT_EQ(0, move_page(page, place->other, &status));
	ASSERT_EQ(place->other, status);

	status = -1;
	EXPECT_EQ(has_memory ? 0 : -ENODEV,
		  move_page(page, place->node.id, &status));
	ASSERT_EQ(0, mem_page_nodes(0, page, 1, &where));
	EXPECT_EQ(has_memory ? place->node.id : place->other, where);
	EXPECT_EQ(-ENODEV, move_page(page, MAX_NODES, &status));
	EXPECT_EQ(-ENODEV, move_page(page, -1, &status));

	/* All that this process has there. */
	ASSERT_EQ(0, move_page(page, place->other, &status));
	EXPECT_EQ(has_memory ? 0 : -EINVAL, migrate(&other, &node));
	ASSERT_EQ(0, mem_page_nodes(0, page, 1, &where));
	EXPECT_EQ(has_memory ? place->node.id : place->other, where);
	EXPECT_EQ(0, migrate(&node, &other));
	ASSERT_EQ(0, mem_page_nodes(0, page, 1, &where));
	EXPECT_EQ(place->other, where);
}

/*
 * Calls that name the node: one that has memory is as good as any, one that
 * has none is refused where memory would have to come from it.
 */
TEST_F_TIMEOUT(calls, name_an_empty_node, TEST_TIMEOUT_S)
{
	const struct node_place *place = &self->place;
	bool has_memory = true;
	int i;

	for (i = 0; i < 3; i++, has_memory = !has_memory) {
		if (i == 1)
			take_memory(_metadata, place);
		else if (i == 2)
			give_memory(_metadata, place);
		check_mbind(_metadata, place, self->page, has_memory);
		check_home_node(_metadata, place, self->page);
		check_moves(_metadata, place, self->page, has_memory);
	}
	EXPECT_EQ(place->oom_kills, oom_kills());
}

/*
 * What each child below does, again and again. None is bound to this node
 * alone: while the kernel takes the node's last free pages out of use, and until
 * it adapts the policy, such a process finds no memory. Linux 6.12 then kills
 * for lack of memory, and anybody.
 */
static const struct {
	int mode;
	bool two;
} loads[] = {
	{ MPOL_BIND, true },
	{ MPOL_BIND | MPOL_F_STATIC_NODES, true },
	{ MPOL_PREFERRED, false },
	{ MPOL_PREFERRED_MANY, true },
	{ MPOL_INTERLEAVE, true },
	{ MPOL_WEIGHTED_INTERLEAVE | MPOL_F_STATIC_NODES, true },
};

#define NR_LOADS	ARRAY_LEN(loads)
#define NR_READERS	2

/**
 * struct round - what a child has done, in shared memory
 * @done:	rounds
 * @pid:	the child
 * @area:	its memory
 * @wrong:	the first thing that was not as it must be
 */
struct round {
	unsigned long done;
	pid_t pid;
	void *area;
	char wrong[ATTR_LEN];
};

static void round_done(struct round *round)
{
	__atomic_fetch_add(&round->done, 1, __ATOMIC_RELEASE);
}

static unsigned long rounds(const struct round *round)
{
	return __atomic_load_n(&round->done, __ATOMIC_ACQUIRE);
}

/* Takes memory, checks it, gives it back. */
static void load(const struct node_place *place, struct round *round, size_t which)
{
	const size_t len = NR_PAGES * place->page;
	struct node_mask nodes = {};
	int i, mode = loads[which].mode;
	char *area;

	/* Where the last one is missing, the one before it runs twice. */
	if (!policy_known(mode))
		mode = MPOL_INTERLEAVE;
	node_mask_set(&nodes, place->node.id);
	if (loads[which].two)
		node_mask_set(&nodes, place->other);
	area = mmap(NULL, len, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED ||
	    mem_policy_set(area, len, mode, &nodes)) {
		snprintf(round->wrong, sizeof(round->wrong), "no policy");
		return;
	}
	round->area = area;
	for (;;) {
		for (i = 0; i < NR_PAGES; i++)
			memset(area + i * place->page, i + 1, place->page);
		for (i = 0; i < NR_PAGES; i++)
			if (area[i * place->page] != i + 1 ||
			    area[(i + 1) * place->page - 1] != i + 1)
				snprintf(round->wrong, sizeof(round->wrong),
					 "page %d has changed", i);
		round_done(round);
		madvise(area, len, MADV_DONTNEED);
	}
}

/* Pages that numa_maps or smaps says a mapping has. */
static int count_pages(pid_t pid, const char *name, const void *area,
		       unsigned long page_kib, unsigned long *pages)
{
	char path[PATH_LEN], line[1024], start[32], *tok, *save;
	const bool numa = !strcmp(name, "numa_maps");
	unsigned long value;
	bool here = false;
	int node, found = -ENOENT;
	FILE *file;

	*pages = 0;
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	snprintf(start, sizeof(start), numa ? "%08lx " : "%08lx-",
		 (unsigned long)area);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, start, strlen(start))) {
			here = true;
			found = 0;
		} else if (numa || strstr(line, " 00:00 ")) {
			here = false;
		}
		if (!here)
			continue;
		if (!numa) {
			if (sscanf(line, "Rss: %lu kB", &value) == 1)
				*pages = value / page_kib;
			continue;
		}
		for (tok = strtok_r(line, " ", &save); tok;
		     tok = strtok_r(NULL, " ", &save))
			if (sscanf(tok, "N%d=%lu", &node, &value) == 2)
				*pages += value;
	}
	fclose(file);
	return found;
}

static void read_maps(const struct round *of, struct round *round,
		      const char *name)
{
	const unsigned long kib = sysconf(_SC_PAGESIZE) / 1024;
	unsigned long pages;
	size_t i;
	int err;

	for (;;) {
		for (i = 0; i < NR_LOADS; i++) {
			err = count_pages(of[i].pid, name, of[i].area, kib,
					  &pages);
			if (err || pages > NR_PAGES)
				snprintf(round->wrong, sizeof(round->wrong),
					 "%s: %lu pages, %s", name, pages,
					 errname(err));
		}
		round_done(round);
	}
}

/* Each child gets something done, whatever state the node is in. */
static void all_go_on(struct __test_metadata *_metadata,
		      const struct round *round, size_t nr, const char *when)
{
	const long long end = now_ms() + STALL_MS;
	unsigned long before[NR_LOADS + NR_READERS];
	size_t i;

	for (i = 0; i < nr; i++)
		before[i] = rounds(&round[i]);
	for (i = 0; i < nr; i++) {
		/* One that had begun before, and one more. */
		while (rounds(&round[i]) < before[i] + 2 && now_ms() < end)
			nap();
		ASSERT_LE(before[i] + 2, rounds(&round[i])) {
			TH_LOG("child %zu makes no progress %s", i, when);
		}
		ASSERT_STREQ("", round[i].wrong) {
			TH_LOG("child %zu, %s", i, when);
		}
	}
}

/*
 * Processes that fill memory of each policy go on while the node loses its
 * memory and gets it back, and so do readers of their numa_maps and smaps;
 * these never count more pages than there are.
 */
TEST_F_TIMEOUT(calls, load_goes_on, TEST_TIMEOUT_S)
{
	const struct node_place *place = &self->place;
	static const char *const maps[NR_READERS] = { "numa_maps", "smaps" };
	pid_t child[NR_LOADS + NR_READERS];
	struct round *round;
	cpu_set_t cpus;
	size_t i;
	int cycle;

	/* Wherever they like. */
	memset(&cpus, 0xff, sizeof(cpus));
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(cpus), &cpus));
	round = mmap(NULL, sizeof(*round) * ARRAY_LEN(child),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, round);

	for (i = 0; i < ARRAY_LEN(child); i++) {
		child[i] = fork();
		ASSERT_LE(0, child[i]);
		if (!child[i]) {
			if (i < NR_LOADS)
				load(place, &round[i], i);
			else
				read_maps(round, &round[i], maps[i - NR_LOADS]);
			_exit(1);
		}
		round[i].pid = child[i];
		if (i == NR_LOADS - 1)
			all_go_on(_metadata, round, NR_LOADS, "at first");
	}

	for (cycle = 0; cycle < NR_CYCLES; cycle++) {
		all_go_on(_metadata, round, ARRAY_LEN(child), "with memory");
		take_memory(_metadata, place);
		all_go_on(_metadata, round, ARRAY_LEN(child), "without memory");
		give_memory(_metadata, place);
	}
	for (i = 0; i < ARRAY_LEN(child); i++) {
		int status;

		EXPECT_EQ(0, kill(child[i], SIGKILL));
		EXPECT_EQ(0, wait_child(child[i], &status, STALL_MS));
	}
	EXPECT_EQ(place->oom_kills, oom_kills());
}

int main(int argc, char **argv)
{
	static char paths[MAX_NODES][PATH_LEN];
	static const char *settings[MAX_NODES];
	size_t nr = 0;
	int node;

	for (node = 0; node < MAX_NODES; node++) {
		snprintf(paths[nr], PATH_LEN, WEIGHTS "/node%d", node);
		if (access(paths[nr], F_OK))
			continue;
		settings[nr] = paths[nr];
		nr++;
	}
	attr_guard_enter(settings, nr);
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
