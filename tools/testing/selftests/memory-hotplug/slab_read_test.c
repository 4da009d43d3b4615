// SPDX-License-Identifier: GPL-2.0
/*
 * Reading slab's state in sysfs and procfs while memory goes offline and
 * online. That once took mem_hotplug_lock and could deadlock.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "memory_block.h"

/* More than any test takes: the stall limit below is what ends one. */
#define TEST_TIMEOUT_S	110

/* A process that finishes nothing for this long is stuck. */
#define STALL_MS	10000

/* Blocks that are enough to fill a node. */
#define MAX_BLOCKS	4

#define NR_READERS	3
#define ROUNDS		8UL
#define MAX_ROUNDS	200UL

/**
 * struct progress - what a child is doing, in shared memory
 * @done:	steps done: files found, opened or read, or blocks changed
 * @sweeps:	how often all of them
 * @error:	errno of the step that failed, 0 if none did
 * @what:	the current step, or the one that failed
 */
struct progress {
	unsigned long done;
	unsigned long sweeps;
	int error;
	char what[PATH_LEN];
};

/**
 * struct shared - between a test and its children
 * @reader:	one for each reader
 * @writer:	the process that changes memory blocks
 * @rounds:	that @writer has to do, it may be raised
 * @stop:	readers end after the current file
 */
struct shared {
	struct progress reader[NR_READERS];
	struct progress writer;
	unsigned long rounds;
	bool stop;
};

/* A file whose state slab reports, or that reports on all memory. */
struct slab_file {
	char path[PATH_LEN];
	int fd;
};

struct slab_files {
	struct slab_file *file;
	size_t nr;
};

static const char *const proc_files[] = {
	"/proc/slabinfo",
	"/proc/zoneinfo",
};

static unsigned long load(const unsigned long *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static void add(unsigned long *p, unsigned long n)
{
	__atomic_fetch_add(p, n, __ATOMIC_RELEASE);
}

static void begin(struct progress *p, const char *what)
{
	snprintf(p->what, sizeof(p->what), "%s", what);
}

static void report_error(struct progress *p, int err)
{
	__atomic_store_n(&p->error, err, __ATOMIC_RELEASE);
}

static int error_of(const struct progress *p)
{
	return __atomic_load_n(&p->error, __ATOMIC_ACQUIRE);
}

/* Adds a file if it may be read. */
static int slab_files_add(struct slab_files *files, const char *path,
			  struct progress *progress)
{
	struct slab_file *file;
	struct stat st;

	begin(progress, path);
	add(&progress->done, 1);
	if (stat(path, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0444))
		return 0;

	file = realloc(files->file, (files->nr + 1) * sizeof(*file));
	if (!file)
		return -ENOMEM;
	files->file = file;
	file += files->nr++;
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->fd = -1;
	return 0;
}

static int slab_files_add_cache(struct slab_files *files, const char *name,
				struct progress *progress)
{
	char path[PATH_LEN];
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	if (snprintf(path, sizeof(path), SYSFS_SLAB "/%s", name) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!err && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), SYSFS_SLAB "/%s/%s", name,
			     entry->d_name) >= (int)sizeof(path))
			continue;
		err = slab_files_add(files, path, progress);
	}
	closedir(dir);
	return err;
}

/* Every readable file of every cache, not twice through an alias. */
static int slab_files_find(struct slab_files *files, struct progress *progress)
{
	struct dirent *entry;
	int err = 0;
	size_t i;
	DIR *dir;

	memset(files, 0, sizeof(*files));
	begin(progress, SYSFS_SLAB);
	dir = opendir(SYSFS_SLAB);
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			err = slab_files_add_cache(files, entry->d_name,
						   progress);
	closedir(dir);

	for (i = 0; !err && i < ARRAY_LEN(proc_files); i++)
		err = slab_files_add(files, proc_files[i], progress);
	return err;
}

/* A cache may be destroyed at any time, and its files with it. */
static bool vanished(int err)
{
	return err == ENOENT || err == ENODEV;
}

/* Keeps all files open. */
static int slab_files_open(struct slab_files *files, struct progress *progress)
{
	const rlim_t nr = files->nr + 64;
	struct rlimit limit;
	size_t i;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < nr) {
		limit.rlim_cur = nr;
		if (limit.rlim_max < nr)
			limit.rlim_max = nr;
		if (setrlimit(RLIMIT_NOFILE, &limit))
			return -errno;
	}

	for (i = 0; i < files->nr; i++) {
		begin(progress, files->file[i].path);
		files->file[i].fd = open(files->file[i].path,
					 O_RDONLY | O_CLOEXEC);
		if (files->file[i].fd < 0 && !vanished(errno))
			return -errno;
		add(&progress->done, 1);
	}
	return 0;
}

/* From the beginning to the end. */
static int read_all(int fd)
{
	char buf[16384];
	ssize_t len;
	off_t pos = 0;

	do {
		len = pread(fd, buf, sizeof(buf), pos);
		if (len < 0)
			return errno;
		pos += len;
	} while (len);
	return 0;
}

/* A child that opens, reads and closes all files. Returns its exit code. */
static int read_once(struct progress *progress)
{
	struct slab_files files;
	int fd, err;
	size_t i;

	err = -slab_files_find(&files, progress);
	for (i = 0; !err && i < files.nr; i++) {
		begin(progress, files.file[i].path);
		fd = open(files.file[i].path, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			err = errno;
		} else {
			err = read_all(fd);
			close(fd);
		}
		if (vanished(err))
			err = 0;
		add(&progress->done, 1);
	}
	if (err)
		report_error(progress, err);
	else
		add(&progress->sweeps, 1);
	return err ? KSFT_FAIL : KSFT_PASS;
}

/* A child that reads all files through descriptors that it keeps, until @stop. */
static int read_on(struct shared *shared, struct progress *progress)
{
	struct slab_files files;
	size_t i;
	int err;

	err = -slab_files_find(&files, progress);
	if (!err)
		err = -slab_files_open(&files, progress);
	while (!err) {
		for (i = 0; !err && i < files.nr; i++) {
			if (__atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE))
				return KSFT_PASS;
			if (files.file[i].fd < 0)
				continue;
			begin(progress, files.file[i].path);
			err = read_all(files.file[i].fd);
			if (vanished(err))
				err = 0;
			add(&progress->done, 1);
		}
		if (!err)
			add(&progress->sweeps, 1);
	}
	report_error(progress, err);
	return KSFT_FAIL;
}

/* A child that empties and refills the node, one block after the other. */
static int empty_and_refill(struct shared *shared,
			    const struct memory_blocks *blocks,
			    const struct memory_node *node)
{
	/* A block in a kernel zone goes offline again only on such a node. */
	const bool kernel = node->bare && !node->cpus;
	struct progress *progress = &shared->writer;
	unsigned long id = 0;
	const char *type;
	int err;

	while (progress->sweeps < load(&shared->rounds)) {
		type = "offline";
		begin(progress, type);
		err = memory_node_offline(blocks, node->id, &id);
		if (!err) {
			add(&progress->done, 1);
			type = kernel && progress->sweeps % 2 ?
			       "online_kernel" : "online_movable";
			begin(progress, type);
			err = memory_node_online(blocks, node->id, MAX_BLOCKS,
						 type, &id);
		}
		if (err) {
			snprintf(progress->what, sizeof(progress->what),
				 "memory%lu: %s", id, type);
			report_error(progress, -err);
			return KSFT_FAIL;
		}
		add(&progress->done, 1);
		add(&progress->sweeps, 1);
	}
	return KSFT_PASS;
}

FIXTURE(node) {
	const struct memory_blocks *blocks;
	struct memory_node node;
	struct shared *shared;
	pid_t writer;
	pid_t reader[NR_READERS];
	int pin[2];
};

FIXTURE_VARIANT(node) {
	bool bare;
};

/* A node that has boot memory as well. */
FIXTURE_VARIANT_ADD(node, boot) {
	.bare = false,
};

/* A node that has no memory but candidate blocks: it comes and goes. */
FIXTURE_VARIANT_ADD(node, bare) {
	.bare = true,
};

FIXTURE_SETUP(node)
{
	const char *reason;

	self->pin[0] = -1;
	self->pin[1] = -1;
	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	if (access(SYSFS_SLAB, R_OK))
		SKIP(return, "no " SYSFS_SLAB);
	/* A test before this one may not have got to its teardown. */
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));

	if (memory_node_find(self->blocks, variant->bare, &self->node))
		SKIP(return, "no node %s boot memory has a block offline or in ZONE_MOVABLE",
		     variant->bare ? "without" : "with");

	self->shared = mmap(NULL, sizeof(*self->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->shared);
}

/* All children go before the blocks do: one of them may hold the locks. */
FIXTURE_TEARDOWN(node)
{
	pid_t *child[NR_READERS + 1] = { &self->writer };
	size_t i;

	if (!self->blocks)
		return;
	for (i = 0; i < NR_READERS; i++)
		child[1 + i] = &self->reader[i];
	for (i = 0; i < ARRAY_LEN(child); i++)
		if (*child[i] > 0)
			kill(*child[i], SIGKILL);
	for (i = 0; i < ARRAY_LEN(child); i++)
		if (*child[i] > 0)
			EXPECT_EQ(0, wait_child(*child[i], NULL, STALL_MS));
	if (self->pin[0] >= 0) {
		close(self->pin[0]);
		close(self->pin[1]);
	}
	EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

static void empty_node(struct __test_metadata *_metadata,
		       const struct memory_blocks *blocks, int node)
{
	unsigned long id = 0;
	int err = memory_node_offline(blocks, node, &id);

	ASSERT_EQ(0, err) {
		TH_LOG("node %d: memory%lu: offline: %s",
		       node, id, errname(err));
	}
}

static void fill_node(struct __test_metadata *_metadata,
		      const struct memory_blocks *blocks, int node,
		      const char *type)
{
	unsigned long id = 0;
	int err = memory_node_online(blocks, node, MAX_BLOCKS, type, &id);

	ASSERT_EQ(0, err) {
		TH_LOG("node %d: memory%lu: %s: %s",
		       node, id, type, errname(err));
	}
}

/* A page of anonymous memory on @node. */
static void *page_on_node(struct __test_metadata *_metadata, int node)
{
	const long bits = 8 * sizeof(unsigned long);
	const size_t size = sysconf(_SC_PAGESIZE);
	unsigned long mask[1024 / (8 * sizeof(unsigned long))] = {};
	const long long end = now_ms() + STALL_MS;
	int where = -1, err;
	void *page;

	ASSERT_GT(ARRAY_LEN(mask) * bits, (size_t)node);
	mask[node / bits] |= 1UL << node % bits;

	page = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	/* Children that share the page would change its reference count. */
	ASSERT_EQ(0, madvise(page, size, MADV_DONTFORK));

	/* Some kernels tell cpusets about a node only after the fact. */
	do {
		err = 0;
		if (syscall(__NR_mbind, page, size, MPOL_BIND, mask,
			    ARRAY_LEN(mask) * bits, 0))
			err = errno;
		if (err == EINVAL)
			nap();
	} while (err == EINVAL && now_ms() < end);
	ASSERT_EQ(0, err) {
		TH_LOG("mbind to node %d: %s", node, errname(err));
	}

	memset(page, 1, size);
	ASSERT_EQ(0, syscall(__NR_get_mempolicy, &where, NULL, 0, page,
			     MPOL_F_NODE | MPOL_F_ADDR));
	ASSERT_EQ(node, where);
	return page;
}

static void interrupt(int sig)
{
	(void)sig;
}

/* A child that takes a block offline, however long that takes. */
static pid_t start_offline(unsigned long id)
{
	const struct sigaction act = { .sa_handler = interrupt };
	char path[PATH_LEN];
	pid_t pid;
	int fd;

	pid = fork();
	if (pid)
		return pid;

	/* Without SA_RESTART: the write returns EINTR. */
	sigaction(SIGUSR1, &act, NULL);
	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/state", id);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "offline", strlen("offline")) < 0)
		_exit(errno);
	_exit(0);
}

/* The page that is pinned keeps the offline from coming to an end. */
static void expect_in_progress(struct __test_metadata *_metadata, pid_t writer,
			       unsigned long id)
{
	char state[ATTR_LEN];
	int status;

	ASSERT_EQ(0, waitpid(writer, &status, WNOHANG)) {
		TH_LOG("memory%lu: offline ended in spite of a pinned page: %s",
		       id, errname(WEXITSTATUS(status)));
	}
	ASSERT_EQ(0, memory_block_read(id, "state", state, sizeof(state)));
	ASSERT_STREQ("going-offline", state);
}

/*
 * C1. Readers of slab's state do not wait for memory hotplug. A page that
 * cannot be migrated makes an offline as slow as we like: all the time it holds
 * device_hotplug_lock, cpu_hotplug_lock and mem_hotplug_lock, the last one for
 * writing. Every file can be read meanwhile.
 *
 * "going-offline" is there before the locks are. But what the zone has free
 * drops only when the pages are isolated, by offline_pages() under all locks,
 * and it does not return before the page is let go.
 */
TEST_F_TIMEOUT(node, readers_finish_during_slow_offline, TEST_TIMEOUT_S)
{
	struct progress *progress = &self->shared->reader[0];
	const int node = self->node.id;
	struct zone_pages before, zone;
	const struct memory_block *block;
	long long last_change;
	unsigned long done;
	struct iovec iov;
	char text[ATTR_LEN], byte;
	int status, err;

	/* One block alone in the zone: the page is in it. */
	empty_node(_metadata, self->blocks, node);
	block = self->blocks->block;
	while (!block->candidate || block->node != node)
		block++;
	err = memory_block_write(block->id, "state", "online_movable");
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: online_movable: %s",
		       block->id, errname(err));
	}
	ASSERT_EQ(0, memory_block_read(block->id, "valid_zones", text, sizeof(text)));
	ASSERT_STREQ(ZONE_MOVABLE, text) {
		TH_LOG("memory%lu: not in ZONE_MOVABLE, but in %s", block->id, text);
	}

	/* A reference that the page table does not account for. */
	iov.iov_base = page_on_node(_metadata, node);
	iov.iov_len = 1;
	ASSERT_EQ(0, pipe2(self->pin, O_CLOEXEC | O_NONBLOCK));
	ASSERT_EQ(1, vmsplice(self->pin[1], &iov, 1, 0)) {
		TH_LOG("vmsplice: %s", strerror(errno));
	}
	ASSERT_EQ(0, zone_pages_read(node, ZONE_MOVABLE, &before));

	self->writer = start_offline(block->id);
	ASSERT_LT(0, self->writer);
	last_change = now_ms();
	do {
		nap();
		ASSERT_GT(STALL_MS, now_ms() - last_change) {
			TH_LOG("memory%lu: offline has not isolated any pages",
			       block->id);
		}
		ASSERT_EQ(0, zone_pages_read(node, ZONE_MOVABLE, &zone));
	} while (zone.free + self->blocks->pages / 2 > before.free);
	expect_in_progress(_metadata, self->writer, block->id);

	self->reader[0] = fork();
	ASSERT_LE(0, self->reader[0]);
	if (!self->reader[0])
		_exit(read_once(progress));

	done = 0;
	last_change = now_ms();
	while (!waitpid(self->reader[0], &status, WNOHANG)) {
		if (load(&progress->done) != done) {
			done = load(&progress->done);
			last_change = now_ms();
		}
		ASSERT_GT(STALL_MS, now_ms() - last_change) {
			TH_LOG("reader stuck in %s (step %lu) while memory%lu goes offline",
			       progress->what, done, block->id);
			TH_LOG("does that file take mem_hotplug_lock?");
		}
		nap();
	}
	self->reader[0] = 0;
	EXPECT_EQ(0, error_of(progress)) {
		TH_LOG("%s: %s", progress->what, errname(error_of(progress)));
	}
	EXPECT_EQ(1UL, load(&progress->sweeps));
	EXPECT_LT(ARRAY_LEN(proc_files), load(&progress->done));

	/* It was there the whole time, a signal ends it, the block is back. */
	expect_in_progress(_metadata, self->writer, block->id);
	kill(self->writer, SIGUSR1);
	err = wait_child(self->writer, &status, STALL_MS);
	ASSERT_EQ(0, err) {
		TH_LOG("a signal does not end the offline of memory%lu",
		       block->id);
	}
	self->writer = 0;
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(EINTR, WEXITSTATUS(status));
	ASSERT_EQ(0, memory_block_read(block->id, "state", text, sizeof(text)));
	EXPECT_STREQ("online", text);

	ASSERT_EQ(1, read(self->pin[0], &byte, 1));
	err = memory_block_offline(block->id);
	EXPECT_EQ(0, err) {
		TH_LOG("memory%lu: offline, now that no page is pinned: %s",
		       block->id, errname(err));
	}
}

/* One of the children, as the stall detector sees it. */
struct watch {
	struct progress *progress;
	const char *name;
	unsigned long done;
	long long since;
};

/* Fails if a child reported an error, or has done nothing for too long. */
static void check_progress(struct __test_metadata *_metadata,
			   struct watch *watch)
{
	const unsigned long done = load(&watch->progress->done);
	const int err = error_of(watch->progress);

	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s: %s",
		       watch->name, watch->progress->what, errname(err));
	}
	if (done != watch->done || !watch->since) {
		watch->done = done;
		watch->since = now_ms();
	}
	ASSERT_GT(STALL_MS, now_ms() - watch->since) {
		TH_LOG("%s is stuck after step %lu: %s", watch->name, done,
		       watch->progress->what);
	}
}

/*
 * C1. Readers that never pause against a writer that empties the node and
 * refills it: every read succeeds, nobody is stuck, and each reader gets
 * through all files at least once while the node comes and goes.
 */
TEST_F_TIMEOUT(node, readers_race_node_empty_refill, TEST_TIMEOUT_S)
{
	static const char *const names[NR_READERS] = {
		"reader 0", "reader 1", "reader 2",
	};
	struct shared *shared = self->shared;
	struct watch watch[NR_READERS + 1] = {};
	unsigned long first[NR_READERS];
	int status, i;
	bool behind;

	empty_node(_metadata, self->blocks, self->node.id);

	for (i = 0; i < NR_READERS; i++) {
		watch[i].progress = &shared->reader[i];
		watch[i].name = names[i];
		self->reader[i] = fork();
		ASSERT_LE(0, self->reader[i]);
		if (!self->reader[i])
			_exit(read_on(shared, &shared->reader[i]));
	}
	watch[i].progress = &shared->writer;
	watch[i].name = "writer";

	/* All readers are at it. */
	do {
		behind = false;
		for (i = 0; i < NR_READERS; i++) {
			check_progress(_metadata, &watch[i]);
			first[i] = load(&shared->reader[i].sweeps);
			behind |= !first[i];
		}
		nap();
	} while (behind);

	shared->rounds = ROUNDS;
	self->writer = fork();
	ASSERT_LE(0, self->writer);
	if (!self->writer)
		_exit(empty_and_refill(shared, self->blocks, &self->node));

	/* The sweep that was under way when the writer started is not counted. */
	while (!waitpid(self->writer, &status, WNOHANG)) {
		behind = false;
		for (i = 0; i < NR_READERS; i++) {
			check_progress(_metadata, &watch[i]);
			behind |= load(&shared->reader[i].sweeps) < first[i] + 2;
		}
		check_progress(_metadata, &watch[i]);
		if (behind && shared->rounds < MAX_ROUNDS &&
		    load(&shared->writer.sweeps) + 1 >= shared->rounds)
			add(&shared->rounds, 1);
		nap();
	}
	self->writer = 0;
	for (i = 0; i <= NR_READERS; i++)
		check_progress(_metadata, &watch[i]);
	ASSERT_EQ(0, status);
	EXPECT_LE(ROUNDS, load(&shared->writer.sweeps));

	__atomic_store_n(&shared->stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < NR_READERS; i++) {
		EXPECT_LE(first[i] + 2, load(&shared->reader[i].sweeps)) {
			TH_LOG("%s: not a complete sweep in %lu rounds",
			       names[i], load(&shared->writer.sweeps));
		}
		ASSERT_EQ(0, wait_child(self->reader[i], &status, STALL_MS)) {
			TH_LOG("%s does not end: %s",
			       names[i], shared->reader[i].what);
		}
		self->reader[i] = 0;
		EXPECT_EQ(0, status) {
			TH_LOG("%s: %s: %s", names[i], shared->reader[i].what,
			       errname(error_of(&shared->reader[i])));
		}
	}
}

/*
 * Sums up "TOTAL N0=x N1=y ...". Returns false if the text is nothing like
 * that.
 */
static bool sum_of_nodes(const char *text, int node, unsigned long *total,
			 unsigned long *sum, unsigned long *on_node)
{
	char *pos;
	long id;

	*sum = 0;
	*on_node = 0;
	*total = strtoul(text, &pos, 10);
	if (pos == text)
		return false;
	while (pos[0] == ' ' && pos[1] == 'N') {
		unsigned long nr;

		id = strtol(pos + 2, &pos, 10);
		if (*pos != '=')
			return false;
		nr = strtoul(pos + 1, &pos, 10);
		*sum += nr;
		if (id == node)
			*on_node += nr;
	}
	return !*pos || *pos == '\n';
}

/* Files of a cache that show_slab_objects() prints. */
static const char *const per_node[] = {
	"objects", "objects_partial", "partial", "slabs", "total_objects",
};

/* Returns how many objects all caches have on @node. */
static unsigned long check_objects(struct __test_metadata *_metadata,
				   const struct slab_files *files, int node)
{
	unsigned long total, sum, on_node, objects = 0;
	unsigned int checked = 0;
	char text[4096];
	size_t i, j;
	int err;

	for (i = 0; i < files->nr; i++) {
		const char *path = files->file[i].path;
		const char *name = strrchr(path, '/') + 1;

		for (j = 0; j < ARRAY_LEN(per_node); j++)
			if (!strcmp(name, per_node[j]))
				break;
		if (j == ARRAY_LEN(per_node))
			continue;

		err = attr_read(path, text, sizeof(text));
		if (vanished(-err))
			continue;
		ASSERT_EQ(0, err) {
			TH_LOG("%s: %s", path, errname(err));
		}
		ASSERT_TRUE(sum_of_nodes(text, node, &total, &sum, &on_node)) {
			TH_LOG("%s: \"%s\"", path, text);
		}
		ASSERT_EQ(total, sum) {
			TH_LOG("%s: \"%s\": total %lu, but the nodes have %lu",
			       path, text, total, sum);
		}
		if (!strcmp(name, "total_objects"))
			objects += on_node;
		checked++;
	}
	EXPECT_LT(0U, checked);
	return objects;
}

/*
 * C2. Slab's state of a node is there when the node is empty and when its
 * memory is back, in ZONE_MOVABLE and in a kernel zone. What a cache has in all
 * is what it has on the nodes. A bare node has no slabs when it is empty,
 * else it could not be; a node with boot memory does not lose those it has.
 */
TEST_F_TIMEOUT(node, slab_state_survives_empty_refill, TEST_TIMEOUT_S)
{
	static const char *const types[] = { "online_movable", "online_kernel" };
	const int node = self->node.id;
	unsigned long objects, had;
	struct slab_files files;
	size_t i;

	if (access(SYSFS_SLAB "/kmalloc-64/total_objects", R_OK))
		SKIP(return, "no total_objects: CONFIG_SLUB_DEBUG is not set");
	ASSERT_EQ(0, slab_files_find(&files, &self->shared->reader[0]));
	had = check_objects(_metadata, &files, node);

	for (i = 0; i < ARRAY_LEN(types); i++) {
		empty_node(_metadata, self->blocks, node);
		objects = check_objects(_metadata, &files, node);
		EXPECT_EQ(!self->node.bare && had, !!objects) {
			TH_LOG("node %d has %lu slab objects with its blocks offline, %lu before",
			       node, objects, had);
		}

		if (!strcmp(types[i], "online_kernel") &&
		    (!self->node.bare || self->node.cpus))
			continue;
		fill_node(_metadata, self->blocks, node, types[i]);
		objects = check_objects(_metadata, &files, node);
		EXPECT_TRUE(self->node.bare || !had || objects) {
			TH_LOG("node %d had %lu slab objects and has none",
			       node, had);
		}
	}
	empty_node(_metadata, self->blocks, node);
	free(files.file);
}

int main(int argc, char **argv)
{
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
