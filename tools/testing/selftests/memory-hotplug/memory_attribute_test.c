// SPDX-License-Identifier: GPL-2.0
/*
 * What the attributes of memory blocks say, and who may write what to them.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "attr_guard.h"
#include "block_kind.h"
#include "block_zone.h"
#include "host_port.h"
#include "memory_block.h"
#include "memory_guard.h"

/* sysfs hands a store function at most a page. */
#define MAX_STORE	((size_t)sysconf(_SC_PAGESIZE))

/* Longer than that. */
#define HUGE_WRITE	(4 * MAX_STORE)

/* Nobody in particular. */
#define OTHER_ID	65534

static void must_be(struct __test_metadata *_metadata, unsigned long id,
		    const char *attr, const char *expected)
{
	char value[ATTR_LEN];
	int err = memory_block_read(id, attr, value, sizeof(value));

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu/%s: read: %s", id, attr, errname(err));
	}
	ASSERT_STREQ(expected, value) {
		TH_LOG("memory%lu/%s: expected \"%s\", got \"%s\"", id, attr,
		       expected, value);
	}
}

static void must_write(struct __test_metadata *_metadata, unsigned long id,
		       const char *attr, const char *value)
{
	int err = memory_block_write(id, attr, value);

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu/%s: write \"%s\": %s", id, attr, value,
		       errname(err));
	}
}

FIXTURE(blocks) {
	const struct memory_blocks *blocks;
};

FIXTURE_SETUP(blocks)
{
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
}

FIXTURE_TEARDOWN(blocks)
{
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

/*
 * A block is a power of two of bytes, in pages and in huge pages, written as
 * hexadecimal digits and nothing else.
 */
TEST_F(blocks, size_is_a_power_of_two)
{
	char text[ATTR_LEN], huge[ATTR_LEN];
	unsigned long long size;
	char *end;

	ASSERT_EQ(0, attr_read(SYSFS_MEMORY "/block_size_bytes", text,
			       sizeof(text)));
	EXPECT_EQ(strlen(text), strspn(text, "0123456789abcdef")) {
		TH_LOG("block_size_bytes: %s", text);
	}
	size = strtoull(text, &end, 16);
	EXPECT_NE('0', text[0]);
	EXPECT_EQ(0ULL, size & (size - 1));
	EXPECT_EQ(0ULL, size % sysconf(_SC_PAGESIZE));
	EXPECT_EQ(size, self->blocks->pages *
		  (unsigned long long)sysconf(_SC_PAGESIZE));
	if (!attr_read("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size",
		       huge, sizeof(huge)))
		EXPECT_EQ(0ULL, size % strtoull(huge, NULL, 10));
}

/* All pages of a node, present or a hole. */
static unsigned long node_span(int node, unsigned long *present)
{
	char line[ATTR_LEN], zone[ZONE_LEN];
	unsigned long spanned = 0, value;
	int id, here = -1;
	FILE *file;

	*present = 0;
	file = fopen("/proc/zoneinfo", "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d, zone %15s", &id, zone) == 2)
			here = id;
		if (here != node)
			continue;
		if (sscanf(line, " spanned %lu", &value) == 1)
			spanned += value;
		if (sscanf(line, " present %lu", &value) == 1)
			*present += value;
	}
	fclose(file);
	return spanned;
}

/*
 * The blocks of a node that are online hold all pages that it has; a node
 * without boot memory has no holes, so there they are exactly as many.
 */
TEST_F(blocks, size_is_what_a_node_gains)
{
	const struct memory_blocks *blocks = self->blocks;
	unsigned long present, spanned, online;
	struct memory_node node;
	unsigned int checked = 0;
	int last = -1;
	size_t i, k;

	for (i = 0; i < blocks->nr; i++) {
		if (blocks->block[i].node == last)
			continue;
		last = blocks->block[i].node;
		ASSERT_EQ(0, memory_node_read(blocks, last, &node));
		for (online = 0, k = 0; k < blocks->nr; k++)
			if (blocks->block[k].online &&
			    memory_block_node_link(blocks->block[k].id, last))
				online += blocks->pages;
		spanned = node_span(last, &present);
		EXPECT_LE(present, spanned);
		EXPECT_LE(present, online) {
			TH_LOG("node %d: %lu pages in online blocks, %lu present",
			       last, online, present);
		}
		if (node.bare)
			EXPECT_EQ(online, present);
		checked++;
	}
	EXPECT_LT(0U, checked);
}

/* A block that is online lies within the zone that it names. */
static bool zone_holds(const struct memory_blocks *blocks,
		       const struct memory_block *block)
{
	const unsigned long first = block->id * blocks->pages;
	unsigned long start, spanned = 0;
	char line[ATTR_LEN], zone[ZONE_LEN];
	int id, here = -1;
	bool holds = false;
	FILE *file;

	file = fopen("/proc/zoneinfo", "re");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d, zone %15s", &id, zone) == 2)
			here = strcmp(zone, block->zone) ? -1 : id;
		if (here != block->node ||
		    sscanf(line, " spanned %lu", &spanned) == 1)
			continue;
		if (sscanf(line, " start_pfn: %lu", &start) == 1)
			holds |= first < start + spanned &&
				 first + blocks->pages > start;
	}
	fclose(file);
	return holds;
}

#define MAX_ZONES	16

/* Part of the block is in one zone, and what follows is in another. */
static bool is_in_two_zones(const struct memory_blocks *blocks,
			    const struct memory_block *block)
{
	const unsigned long first = block->id * blocks->pages;
	unsigned long spanned = 0, present = 0, start;
	unsigned long begin[MAX_ZONES], end[MAX_ZONES];
	char line[ATTR_LEN], zone[ZONE_LEN];
	unsigned int nr = 0, i, k;
	int here = -1;
	FILE *file;

	file = fopen("/proc/zoneinfo", "re");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d, zone %15s", &here, zone) == 2 ||
		    sscanf(line, " spanned %lu", &spanned) == 1 ||
		    sscanf(line, " present %lu", &present) == 1)
			continue;
		if (here != block->node || nr == MAX_ZONES ||
		    sscanf(line, " start_pfn: %lu", &start) != 1 || !present ||
		    first >= start + spanned || first + blocks->pages <= start)
			continue;
		begin[nr] = start;
		end[nr++] = start + spanned;
	}
	fclose(file);
	for (i = 0; i < nr; i++)
		for (k = 0; k < nr; k++)
			if (end[i] <= begin[k])
				return true;
	return false;
}

static void check_zones(struct __test_metadata *_metadata,
			const struct memory_blocks *blocks,
			const struct memory_block *block)
{
	char expected[ATTR_LEN];
	int err;

	if (block->online) {
		must_be(_metadata, block->id, "valid_zones",
			is_in_two_zones(blocks, block) ? "none" : block->zone);
		/* "none": in more than one zone, or in more than one node. */
		if (strcmp(block->zone, "none"))
			EXPECT_TRUE(zone_holds(blocks, block)) {
				TH_LOG("memory%lu: not in node %d, zone %s",
				       block->id, block->node, block->zone);
			}
		return;
	}
	err = block_zones_expected(blocks, block->id, block->node, expected,
				   sizeof(expected));
	if (err == -EOPNOTSUPP)
		return;
	ASSERT_EQ(0, err);
	must_be(_metadata, block->id, "valid_zones", expected);
}

/* Whether somebody answers who started this guest, for tests and nothing else. */
static bool is_test_guest(void)
{
	struct host_port port;
	const char *reason;

	return !host_port_open(&port, &reason) && !host_port_close(&port);
}

static void must_stay(struct __test_metadata *_metadata, unsigned long id)
{
	int err = memory_block_write(id, "state", "offline");

	ASSERT_EQ(-EINVAL, err) {
		TH_LOG("memory%lu, in two zones: offline: %s", id, errname(err));
	}
	must_be(_metadata, id, "state", "online");
}

/*
 * Every attribute of every block of the machine: they agree with one another,
 * and valid_zones with where the zones are. What is in two zones does not go
 * offline. In case the kernel thinks otherwise, it is asked in a guest that is
 * made for tests, and nowhere else.
 */
TEST_F(blocks, attributes_agree)
{
	const struct memory_blocks *blocks = self->blocks;
	const bool guest = is_test_guest();
	char expected[ATTR_LEN];
	size_t i;

	for (i = 0; i < blocks->nr; i++) {
		const struct memory_block *block = &blocks->block[i];

		snprintf(expected, sizeof(expected), "%08lx", block->id);
		must_be(_metadata, block->id, "phys_index", expected);
		/* There is valid_zones, so there is hotremove. */
		must_be(_metadata, block->id, "removable", "1");
		must_be(_metadata, block->id, "state",
			block->online ? "online" : "offline");
		must_be(_metadata, block->id, "online",
			block->online ? "1" : "0");
#ifndef __s390__
		must_be(_metadata, block->id, "phys_device", "0");
#endif
		/* No driver, no alias: udev has nothing to load. */
		must_be(_metadata, block->id, "uevent", "");
		check_zones(_metadata, blocks, block);
		if (guest && block->online && is_in_two_zones(blocks, block))
			must_stay(_metadata, block->id);
	}
	TH_LOG("%zu blocks", blocks->nr);
}

static void same_place(struct __test_metadata *_metadata, const char *link,
		       const char *target)
{
	char a[PATH_MAX], b[PATH_MAX];

	ASSERT_NE(NULL, realpath(link, a)) {
		TH_LOG("%s: %s", link, strerror(errno));
	}
	ASSERT_NE(NULL, realpath(target, b)) {
		TH_LOG("%s: %s", target, strerror(errno));
	}
	EXPECT_STREQ(b, a);
}

/*
 * A block has a link to each node that it belongs to, and that node has one to
 * the block; there is no other link of that kind.
 */
TEST_F(blocks, node_links_are_mutual)
{
	unsigned int from_blocks = 0, from_nodes = 0;
	char link[PATH_LEN], target[PATH_LEN];
	struct dirent *entry;
	unsigned long id;
	int node, other;
	size_t i;
	DIR *dir;

	for (i = 0; i < self->blocks->nr; i++) {
		unsigned int nodes = 0;

		id = self->blocks->block[i].id;
		snprintf(target, sizeof(target), SYSFS_MEMORY "/memory%lu", id);
		dir = opendir(target);
		ASSERT_NE(NULL, dir);
		while ((entry = readdir(dir))) {
			if (sscanf(entry->d_name, "node%d", &node) != 1)
				continue;
			nodes++;
			snprintf(link, sizeof(link), SYSFS_NODE "/node%d/memory%lu",
				 node, id);
			same_place(_metadata, link, target);
			snprintf(link, sizeof(link),
				 SYSFS_MEMORY "/memory%lu/node%d", id, node);
			snprintf(target, sizeof(target), SYSFS_NODE "/node%d",
				 node);
			same_place(_metadata, link, target);
			snprintf(target, sizeof(target),
				 SYSFS_MEMORY "/memory%lu", id);
		}
		closedir(dir);
		EXPECT_LE(1U, nodes) {
			TH_LOG("memory%lu: no node", id);
		}
		from_blocks += nodes;
	}

	/* Nodes have numbers below 1024 in every configuration. */
	for (node = 0; node < 1024; node++) {
		snprintf(link, sizeof(link), SYSFS_NODE "/node%d", node);
		dir = opendir(link);
		if (!dir)
			continue;
		while ((entry = readdir(dir)))
			from_nodes += sscanf(entry->d_name, "memory%d",
					     &other) == 1 &&
				      strncmp(entry->d_name, "memory_", 7);
		closedir(dir);
	}
	EXPECT_EQ(from_blocks, from_nodes);
}

/* A node whose blocks may go anywhere, with at least two of them. */
static int find_two(const struct memory_blocks *blocks,
		    const struct memory_block *pair[2])
{
	struct memory_node node;
	size_t i, found = 0;
	unsigned long id;

	if (block_pick(blocks, BLOCK_ANY, &node, &id) ||
	    !block_takes_kernel_zone(&node))
		return -ENOENT;
	for (i = 0; i < blocks->nr && found < 2; i++)
		if (blocks->block[i].candidate &&
		    blocks->block[i].node == node.id)
			pair[found++] = &blocks->block[i];
	return found == 2 ? 0 : -ENOENT;
}

static const char *const types[] = {
	"offline", "online_kernel", "online_movable",
};

/*
 * Which zone is a block's default depends on where its neighbours are: all
 * nine combinations of two blocks of a node, each of the two put there first.
 */
TEST_F(blocks, valid_zones_follow_neighbours)
{
	const struct memory_block *pair[2] = {};
	unsigned int first, a, b, k;
	unsigned long id;

	if (find_two(self->blocks, pair))
		SKIP(return, "no node of two candidate blocks without boot memory and CPUs");
	ASSERT_EQ(0, memory_node_offline(self->blocks, pair[0]->node, &id));

	for (first = 0; first < 2; first++)
		for (a = 0; a < ARRAY_LEN(types); a++)
			for (b = 0; b < ARRAY_LEN(types); b++) {
				const unsigned int type[2] = { a, b };

				for (k = 0; k < 2; k++) {
					const unsigned int i = k ^ first;
					struct memory_block now = *pair[i];

					now.online = false;
					check_zones(_metadata, self->blocks,
						    &now);
					if (type[i])
						must_write(_metadata, now.id,
							   "state",
							   types[type[i]]);
				}
				for (k = 0; k < 2; k++)
					ASSERT_EQ(0, memory_block_offline(pair[k]->id));
			}
}

struct mode {
	const char *attr;
	mode_t mode;
	bool optional;
};

static const struct mode block_modes[] = {
	{ .attr = "online", .mode = 0644 },
	{ .attr = "phys_device", .mode = 0444 },
	{ .attr = "phys_index", .mode = 0444 },
	{ .attr = "removable", .mode = 0444 },
	{ .attr = "state", .mode = 0644 },
	{ .attr = "uevent", .mode = 0644 },
	{ .attr = "valid_zones", .mode = 0444 },
};

static const struct mode root_modes[] = {
	{ .attr = "auto_online_blocks", .mode = 0644 },
	{ .attr = "block_size_bytes", .mode = 0444 },
	{ .attr = "crash_hotplug", .mode = 0444, .optional = true },
	{ .attr = "hard_offline_page", .mode = 0200, .optional = true },
	{ .attr = "probe", .mode = 0200, .optional = true },
	{ .attr = "soft_offline_page", .mode = 0200, .optional = true },
};

/* Who may open a file, and how: nobody in ways that its mode does not say. */
static void check_mode(struct __test_metadata *_metadata, const char *path,
		       const struct mode *want)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR };
	struct stat st;
	size_t i;

	if (stat(path, &st)) {
		EXPECT_TRUE(want->optional && errno == ENOENT) {
			TH_LOG("%s: %s", path, strerror(errno));
		}
		return;
	}
	EXPECT_EQ(S_IFREG | want->mode, st.st_mode) {
		TH_LOG("%s: %o", path, st.st_mode);
	}
	EXPECT_EQ(0U, st.st_uid);
	EXPECT_EQ(0U, st.st_gid);

	for (i = 0; i < ARRAY_LEN(flags); i++) {
		const bool reads = flags[i] != O_WRONLY;
		const bool writes = flags[i] != O_RDONLY;
		const bool may = (!reads || want->mode & 0400) &&
				 (!writes || want->mode & 0200);
		int fd = open(path, flags[i] | O_CLOEXEC);

		/* Root is no exception. */
		EXPECT_EQ(may ? 0 : EACCES, fd < 0 ? errno : 0) {
			TH_LOG("%s: open for %s%s", path, reads ? "reading" :
			       "", writes ? "writing" : "");
		}
		if (fd >= 0)
			close(fd);
	}
}

/* The modes, and that even root cannot open a file in another way. */
TEST_F(blocks, modes)
{
	char path[PATH_LEN];
	size_t i, k;

	for (k = 0; k < ARRAY_LEN(root_modes); k++) {
		snprintf(path, sizeof(path), SYSFS_MEMORY "/%s",
			 root_modes[k].attr);
		check_mode(_metadata, path, &root_modes[k]);
	}
	for (i = 0; i < self->blocks->nr; i++)
		for (k = 0; k < ARRAY_LEN(block_modes); k++) {
			snprintf(path, sizeof(path),
				 SYSFS_MEMORY "/memory%lu/%s",
				 self->blocks->block[i].id,
				 block_modes[k].attr);
			check_mode(_metadata, path, &block_modes[k]);
		}
}

/* What the address of a new block must look like; none is ever added here. */
TEST_F(blocks, probe_refuses)
{
	const char *path = SYSFS_MEMORY "/probe";
	const unsigned long long size = (unsigned long long)
		self->blocks->pages * sysconf(_SC_PAGESIZE);
	const struct memory_block *last =
		&self->blocks->block[self->blocks->nr - 1];
	char addr[ATTR_LEN];
	size_t i;

	static const struct {
		const char *value;
		int error;
	} refused[] = {
		{ "\n", -EINVAL }, { "x", -EINVAL }, { "0x", -EINVAL },
		{ "-1", -EINVAL }, { " 0", -EINVAL }, { "0 0", -EINVAL },
		{ "0x1", -EINVAL }, { "0xffffffffffffffff", -EINVAL },
		{ "0x10000000000000000", -ERANGE },
	};

	if (access(path, F_OK))
		SKIP(return, "no %s: CONFIG_ARCH_MEMORY_PROBE is not set", path);

	for (i = 0; i < ARRAY_LEN(refused); i++)
		EXPECT_EQ(refused[i].error, attr_write(path, refused[i].value,
						       strlen(refused[i].value))) {
			TH_LOG("%s", refused[i].value);
		}
	/* In the middle of a block, and where there is one already. */
	snprintf(addr, sizeof(addr), "0x%llx", last->id * size + size / 2);
	EXPECT_EQ(-EINVAL, attr_write(path, addr, strlen(addr)));
	for (i = 0; i < self->blocks->nr; i++) {
		snprintf(addr, sizeof(addr), "0x%llx",
			 self->blocks->block[i].id * size);
		EXPECT_EQ(-EEXIST, attr_write(path, addr, strlen(addr)));
	}
	EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

FIXTURE(store) {
	const struct memory_blocks *blocks;
	unsigned long id;
	char path[PATH_LEN];
	char *huge;
	int fd;
};

/*
 * Variants: an attribute, and what it says while it is asked for what it does
 * not know.
 */
FIXTURE_VARIANT(store) {
	const char *attr;
	const char *type;
	const char *value;
};

FIXTURE_VARIANT_ADD(store, state_of_offline) {
	.attr = "state",
	.value = "offline",
};

FIXTURE_VARIANT_ADD(store, state_of_online) {
	.attr = "state",
	.type = "online_movable",
	.value = "online",
};

FIXTURE_VARIANT_ADD(store, online_of_offline) {
	.attr = "online",
	.value = "0",
};

FIXTURE_VARIANT_ADD(store, online_of_online) {
	.attr = "online",
	.type = "online_movable",
	.value = "1",
};

FIXTURE_VARIANT_ADD(store, policy_offline) {
	.attr = "auto_online_blocks",
	.value = "offline",
};

FIXTURE_VARIANT_ADD(store, policy_online) {
	.attr = "auto_online_blocks",
	.value = "online",
};

FIXTURE_VARIANT_ADD(store, policy_kernel) {
	.attr = "auto_online_blocks",
	.value = "online_kernel",
};

FIXTURE_VARIANT_ADD(store, policy_movable) {
	.attr = "auto_online_blocks",
	.value = "online_movable",
};

FIXTURE_SETUP(store)
{
	const bool policy = !strcmp(variant->attr, "auto_online_blocks");
	struct memory_node node;
	const char *reason;

	self->fd = -1;
	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	ASSERT_EQ(0U, attr_guard_restore());
	self->huge = malloc(HUGE_WRITE);
	ASSERT_NE(NULL, self->huge);

	if (policy) {
		snprintf(self->path, sizeof(self->path), SYSFS_MEMORY "/%s",
			 variant->attr);
		ASSERT_EQ((ssize_t)strlen(variant->value),
			  attr_write(self->path, variant->value,
				     strlen(variant->value)));
	} else {
		if (block_pick(self->blocks, BLOCK_ANY, &node, &self->id))
			SKIP(return, "no memory block is offline or in ZONE_MOVABLE");
		ASSERT_EQ(0, memory_block_offline(self->id));
		if (variant->type)
			must_write(_metadata, self->id, "state", variant->type);
		snprintf(self->path, sizeof(self->path),
			 SYSFS_MEMORY "/memory%lu/%s", self->id,
			 variant->attr);
	}
	self->fd = open(self->path, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(store)
{
	if (self->fd >= 0)
		close(self->fd);
	free(self->huge);
	EXPECT_EQ(0U, attr_guard_restore());
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

static void unchanged(struct __test_metadata *_metadata, const char *path,
		      const char *expected, const char *after)
{
	char value[ATTR_LEN];

	ASSERT_EQ(0, attr_read(path, value, sizeof(value)));
	ASSERT_STREQ(expected, value) {
		TH_LOG("%s after %s", path, after);
	}
}

/* A write that must be refused as it stands. */
static void refused(struct __test_metadata *_metadata, const char *path, int fd,
		    const char *expected, const void *data, size_t len,
		    const char *what)
{
	ssize_t ret = write(fd, data, len);

	EXPECT_EQ(-1, ret) {
		TH_LOG("%s: %s: took %zd bytes of %zu", path, what, ret, len);
	}
	EXPECT_EQ(EINVAL, errno) {
		TH_LOG("%s: %s: %s", path, what, strerror(errno));
	}
	unchanged(_metadata, path, expected, what);
}

static bool takes_types(const char *attr)
{
	return strcmp(attr, "online");
}

/*
 * What is not a value, in every way in which a write can be odd, is refused,
 * and the attribute says the same afterwards.
 */
TEST_F(store, refuses_what_is_no_value)
{
	static const char *const words[] = {
		"\n", " ", "x", "Xoffline", " offline", "-1", "2", "!", "=1",
	};
	static const char *const not_types[] = {
		"0", "1", "Offline", "OFFLINE", "oFfline", "Online", "ONLINE",
		"offline ", "offline\n\n", "offline\r\n", "offlin", "offlinee",
		"onlin", "onlinee", "online ", "online\t", "online-movable",
		"online_Movable", "online_movabl", "online_movables",
		"online_kerne", "online_kernels", "online_", "on", "off",
		"going-offline", "keep",
	};
	static const char binary[] = "\0offline", high[] = "\377\376\200\1";
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		refused(_metadata, self->path, self->fd, variant->value,
			words[i], strlen(words[i]), words[i]);
	refused(_metadata, self->path, self->fd, variant->value, binary,
		sizeof(binary), "a NUL and more");
	refused(_metadata, self->path, self->fd, variant->value, high,
		sizeof(high) - 1, "bytes that are no text");

	memset(self->huge, ' ', HUGE_WRITE);
	refused(_metadata, self->path, self->fd, variant->value, self->huge,
		HUGE_WRITE, "many blanks");
	memset(self->huge, 'x', HUGE_WRITE);
	refused(_metadata, self->path, self->fd, variant->value, self->huge,
		MAX_STORE, "a page of x");
	memset(self->huge, 0, HUGE_WRITE);
	refused(_metadata, self->path, self->fd, variant->value, self->huge,
		HUGE_WRITE, "many NULs");

	if (!takes_types(variant->attr))
		return;
	for (i = 0; i < ARRAY_LEN(not_types); i++)
		refused(_metadata, self->path, self->fd, variant->value,
			not_types[i], strlen(not_types[i]), not_types[i]);
	memset(self->huge, ' ', HUGE_WRITE);
	memcpy(self->huge, "offline", strlen("offline"));
	refused(_metadata, self->path, self->fd, variant->value, self->huge,
		HUGE_WRITE, "offline and many blanks");
	memcpy(self->huge, "online\n", strlen("online\n"));
	refused(_metadata, self->path, self->fd, variant->value, self->huge,
		HUGE_WRITE, "online and many blanks");
}

/*
 * A value that comes in two writes is no value: what counts is one write. An
 * empty write and one from nowhere do nothing.
 */
TEST_F(store, takes_no_parts)
{
	struct iovec iov[2] = {
		{ .iov_base = "off", .iov_len = 3 },
		{ .iov_base = "linX", .iov_len = 4 },
	};
	void *nowhere;

	if (takes_types(variant->attr)) {
		refused(_metadata, self->path, self->fd, variant->value,
			"offl", 4, "a first half");
		refused(_metadata, self->path, self->fd, variant->value, "ine",
			3, "a second half");
		EXPECT_EQ(-1, writev(self->fd, iov, 2));
		EXPECT_EQ(EINVAL, errno);
	}
	EXPECT_EQ(0, write(self->fd, "offline", 0));
	unchanged(_metadata, self->path, variant->value, "an empty write");
	/* A page that may not be read. */
	nowhere = mmap(NULL, MAX_STORE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, nowhere);
	EXPECT_EQ(-1, write(self->fd, nowhere, 8));
	EXPECT_EQ(EFAULT, errno);
	unchanged(_metadata, self->path, variant->value, "a write from nowhere");
	EXPECT_EQ(MAP_FAILED, mmap(NULL, MAX_STORE, PROT_READ, MAP_SHARED,
				   self->fd, 0));
	EXPECT_EQ(ENODEV, errno);
}

/* Reading in parts, and reading again, shows the same. */
TEST_F(store, is_read_in_parts)
{
	char text[ATTR_LEN] = "", whole[ATTR_LEN];
	size_t pos = 0;
	ssize_t len;

	snprintf(whole, sizeof(whole), "%s\n", variant->value);
	while ((len = pread(self->fd, text + pos, 1, pos)) == 1)
		pos++;
	EXPECT_EQ(0, len);
	EXPECT_STREQ(whole, text);

	EXPECT_EQ(0, lseek(self->fd, 0, SEEK_SET));
	for (pos = 0; (len = read(self->fd, text + pos, 1)) == 1; pos++)
		;
	EXPECT_EQ(0, len);
	EXPECT_STREQ(whole, text);
	EXPECT_EQ(0, pread(self->fd, text, 1, MAX_STORE));
}

/*
 * What is taken, in one piece: the position does not matter, nor what follows
 * a NUL, and one newline may end it.
 */
static void taken(struct __test_metadata *_metadata, const char *path, int fd,
		  const char *before, const char *value, const char *after,
		  const char *back, char *huge)
{
	const size_t len = strlen(value);
	struct iovec iov[2] = {
		{ .iov_base = (void *)value, .iov_len = 1 },
		{ .iov_base = (void *)(value + 1), .iov_len = len - 1 },
	};
	char text[ATTR_LEN];
	int way;

	for (way = 0; way < 6; way++) {
		ssize_t ret = -1, want = len;

		switch (way) {
		case 0:
			ret = write(fd, value, len);
			break;
		case 1:
			want = snprintf(text, sizeof(text), "%s\n", value);
			ret = write(fd, text, want);
			break;
		case 2:
			ret = pwrite(fd, value, len, 3 * MAX_STORE + 1);
			break;
		case 3:
			ret = writev(fd, iov, len > 1 ? 2 : 1);
			break;
		case 4:
			want = snprintf(text, sizeof(text), "%s%cjunk", value,
					'\0');
			ret = write(fd, text, want);
			break;
		case 5:
			/* No more than a page is looked at, and taken. */
			memset(huge, 0, HUGE_WRITE);
			memcpy(huge, value, len);
			want = MAX_STORE;
			ret = write(fd, huge, HUGE_WRITE);
			break;
		}
		ASSERT_EQ(want, ret) {
			TH_LOG("%s: \"%s\", way %d: %zd: %s", path, value, way,
			       ret, ret < 0 ? strerror(errno) : "");
		}
		unchanged(_metadata, path, after, value);
		if (strcmp(before, after))
			ASSERT_EQ((ssize_t)strlen(back),
				  write(fd, back, strlen(back)));
		unchanged(_metadata, path, before, "going back");
	}
}

/* Each value, in every way in which it may be written. */
TEST_F(store, takes_each_value)
{
	static const char *const policies[] = {
		"offline", "online", "online_kernel", "online_movable",
	};
	static const char *const yes[] = {
		"1", "y", "Y", "t", "T", "on", "ON", "On", "oN", "yes", "true",
		"1x",
	};
	static const char *const no[] = {
		"0", "n", "N", "f", "F", "of", "off", "OFF", "oF", "no",
		"false", "0x",
	};
	size_t i;

	if (!strcmp(variant->attr, "auto_online_blocks")) {
		for (i = 0; i < ARRAY_LEN(policies); i++)
			taken(_metadata, self->path, self->fd, variant->value,
			      policies[i], policies[i], variant->value,
			      self->huge);
	} else if (!strcmp(variant->attr, "state")) {
		/* Where it goes, and what takes it back. */
		if (variant->type)
			taken(_metadata, self->path, self->fd, "online",
			      "offline", "offline", variant->type, self->huge);
		else
			taken(_metadata, self->path, self->fd, "offline",
			      "online_movable", "online", "offline",
			      self->huge);
	} else {
		const char *const *same = variant->type ? yes : no;

		for (i = 0; i < ARRAY_LEN(yes); i++)
			taken(_metadata, self->path, self->fd, variant->value,
			      same[i], variant->value, NULL, self->huge);
	}
}

/* What a child process may do, in exit status. */
enum {
	USER_DONE = 0,
	USER_NOT_DROPPED = 10,
	USER_OPENED,
	USER_OPEN_FAILED,
	USER_WRITE_FAILED,
};

FIXTURE(user) {
	const struct memory_blocks *blocks;
	unsigned long id;
	char path[PATH_LEN];
};

FIXTURE_SETUP(user)
{
	struct memory_node node;
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));
	if (block_pick(self->blocks, BLOCK_ANY, &node, &self->id))
		SKIP(return, "no memory block is offline or in ZONE_MOVABLE");
	ASSERT_EQ(0, memory_block_offline(self->id));
	snprintf(self->path, sizeof(self->path), SYSFS_MEMORY "/memory%lu/state",
		 self->id);
}

FIXTURE_TEARDOWN(user)
{
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

static bool become_other(void)
{
	return !setgroups(0, NULL) && !setresgid(OTHER_ID, OTHER_ID, OTHER_ID) &&
	       !setresuid(OTHER_ID, OTHER_ID, OTHER_ID);
}

/* Stays root, but one that may do nothing special. */
static bool drop_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = {};

	return !syscall(SYS_capset, &head, none);
}

static int child_status(struct __test_metadata *_metadata, pid_t child)
{
	int status, err = wait_child(child, &status, WRITE_TIMEOUT_MS);

	ASSERT_EQ(0, err);
	ASSERT_TRUE(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Another user may open no attribute for writing, and every one for reading. */
TEST_F(user, another_user_may_not_open)
{
	char path[PATH_LEN];
	pid_t child;
	size_t k;
	int fd;

	for (k = 0; k < ARRAY_LEN(block_modes) + ARRAY_LEN(root_modes); k++) {
		const bool root = k >= ARRAY_LEN(block_modes);
		const struct mode *mode = root ?
			&root_modes[k - ARRAY_LEN(block_modes)] :
			&block_modes[k];

		if (root)
			snprintf(path, sizeof(path), SYSFS_MEMORY "/%s",
				 mode->attr);
		else
			snprintf(path, sizeof(path),
				 SYSFS_MEMORY "/memory%lu/%s", self->id,
				 mode->attr);
		if (access(path, F_OK) && mode->optional)
			continue;
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			if (!become_other())
				_exit(USER_NOT_DROPPED);
			fd = open(path, O_WRONLY | O_CLOEXEC);
			if (fd >= 0 || errno != EACCES)
				_exit(USER_OPENED);
			fd = open(path, O_RDONLY | O_CLOEXEC);
			if (mode->mode & 0004 ? fd < 0 : fd >= 0)
				_exit(USER_OPEN_FAILED);
			_exit(USER_DONE);
		}
		EXPECT_EQ(USER_DONE, child_status(_metadata, child)) {
			TH_LOG("%s", path);
		}
	}
	must_be(_metadata, self->id, "state", "offline");
}

/*
 * Who may write is decided when the file is opened: another user who is handed
 * root's open file uses it. An attribute that must not be used that way would
 * have to check a capability, and these do not.
 */
TEST_F(user, open_file_may_be_handed_on)
{
	pid_t child;
	int fd;

	fd = open(self->path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (!become_other())
			_exit(USER_NOT_DROPPED);
		if (write(fd, "Online", 6) != -1 || errno != EINVAL)
			_exit(USER_WRITE_FAILED);
		if (write(fd, "online_movable", 14) != 14)
			_exit(USER_WRITE_FAILED);
		_exit(USER_DONE);
	}
	EXPECT_EQ(USER_DONE, child_status(_metadata, child));
	close(fd);
	must_be(_metadata, self->id, "state", "online");
	must_be(_metadata, self->id, "valid_zones", ZONE_MOVABLE);
}

/*
 * Without any capability, CAP_SYS_ADMIN among them, root owns the files still:
 * the mode of a file is all that protects it.
 */
TEST_F(user, root_needs_no_capability)
{
	pid_t child;
	int fd;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (!drop_capabilities())
			_exit(USER_NOT_DROPPED);
		fd = open(self->path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			_exit(USER_OPEN_FAILED);
		if (write(fd, "online_movable", 14) != 14)
			_exit(USER_WRITE_FAILED);
		if (open(SYSFS_MEMORY "/block_size_bytes", O_WRONLY) >= 0)
			_exit(USER_OPENED);
		_exit(USER_DONE);
	}
	EXPECT_EQ(USER_DONE, child_status(_metadata, child));
	must_be(_metadata, self->id, "state", "online");
}

int main(int argc, char **argv)
{
	static const char *const settings[] = {
		SYSFS_MEMORY "/auto_online_blocks",
	};

	attr_guard_enter(settings, ARRAY_LEN(settings));
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
