// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of every kind that user space can have, with a pattern in it. See
 * memory_content.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory_block.h"
#include "memory_content.h"

#define MAX_NODES	1024
#define LONG_BITS	(8 * sizeof(unsigned long))

/* How long a node may be unknown to cpusets, or a page in use. */
#define SETTLE_MS	10000

/* In an entry of /proc/self/pagemap. */
#define PAGEMAP_PRESENT	0x8000000000000000ULL
#define PAGEMAP_PFN	0x007fffffffffffffULL

static size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

unsigned long memory_content_pages(const struct memory_content *content)
{
	return content->size / page_size();
}

int memory_policy_bind(int node)
{
	unsigned long mask[MAX_NODES / LONG_BITS] = {};
	const long long end = now_ms() + SETTLE_MS;

	if (node < 0)
		return syscall(__NR_set_mempolicy, MPOL_DEFAULT, NULL, 0) ?
		       -errno : 0;
	if (node >= MAX_NODES)
		return -ERANGE;

	mask[node / LONG_BITS] = 1UL << node % LONG_BITS;
	while (syscall(__NR_set_mempolicy, MPOL_BIND, mask, MAX_NODES)) {
		if (errno != EINVAL || now_ms() > end)
			return -errno;
		nap();
	}
	return 0;
}

/* Any function would do that tells neighbours apart. */
static uint64_t pattern(uint32_t seed, uint32_t generation, size_t offset)
{
	uint64_t word = ((uint64_t)seed << 32 | generation) ^
			offset * 0x9e3779b97f4a7c15ULL;

	return word ^ word >> 29;
}

static void fill_page(uint64_t *page, const struct memory_content *content,
		      uint32_t generation, size_t offset)
{
	size_t i;

	for (i = 0; i < page_size() / sizeof(*page); i++)
		page[i] = pattern(content->seed, generation,
				  offset + i * sizeof(*page));
}

static int check_page(const uint64_t *page,
		      const struct memory_content *content,
		      uint32_t generation, size_t offset,
		      struct memory_damage *damage)
{
	size_t i;

	for (i = 0; i < page_size() / sizeof(*page); i++) {
		const size_t where = offset + i * sizeof(*page);
		const uint64_t expected = pattern(content->seed, generation,
						  where);
		/* Not what the compiler remembers. */
		const uint64_t found = __atomic_load_n(&page[i],
						       __ATOMIC_RELAXED);

		if (found == expected)
			continue;
		*damage = (struct memory_damage) {
			.offset = where,
			.expected = expected,
			.found = found,
		};
		return -EIO;
	}
	return 0;
}

/* A file's page by way of a buffer, else the page itself. */
static int read_page(const struct memory_content *content, size_t offset,
		     void *buf, uint64_t **page)
{
	ssize_t len;

	if (content->map) {
		*page = content->map + offset;
		return 0;
	}
	*page = buf;
	len = pread(content->fd, buf, page_size(), offset);
	if (len < 0)
		return -errno;
	return len == (ssize_t)page_size() ? 0 : -ENODATA;
}

static int write_page(const struct memory_content *content, size_t offset,
		      uint32_t generation, void *buf)
{
	ssize_t len;

	if (content->map) {
		fill_page(content->map + offset, content, generation, offset);
		return 0;
	}
	fill_page(buf, content, generation, offset);
	len = pwrite(content->fd, buf, page_size(), offset);
	if (len < 0)
		return -errno;
	return len == (ssize_t)page_size() ? 0 : -ENOSPC;
}

static int write_all(const struct memory_content *content, uint32_t generation)
{
	uint64_t buf[page_size() / sizeof(uint64_t)];
	size_t offset;
	int err = 0;

	for (offset = 0; !err && offset < content->size; offset += page_size())
		err = write_page(content, offset, generation, buf);
	return err;
}

int memory_content_check(const struct memory_content *content,
			 uint32_t generation, struct memory_damage *damage)
{
	uint64_t buf[page_size() / sizeof(uint64_t)], *page;
	size_t offset;
	int err = 0;

	for (offset = 0; !err && offset < content->size; offset += page_size()) {
		err = read_page(content, offset, buf, &page);
		if (!err)
			err = check_page(page, content, generation, offset,
					 damage);
	}
	return err;
}

int memory_content_renew(const struct memory_content *content,
			 uint32_t generation, struct memory_damage *damage)
{
	uint64_t buf[page_size() / sizeof(uint64_t)], *page;
	size_t offset;
	int err = 0, i;

	for (offset = 0; !err && offset < content->size; offset += page_size()) {
		for (i = 0; !err && i < 2; i++) {
			err = read_page(content, offset, buf, &page);
			if (!err)
				err = check_page(page, content, generation + i,
						 offset, damage);
			if (!err && !i)
				err = write_page(content, offset,
						 generation + 1, buf);
		}
	}
	return err;
}

/* A file on a tmpfs that is mounted nowhere. */
static int tmpfs_file(void)
{
	int fs, mount, fd = -1, err;

	fs = syscall(__NR_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	if (fs < 0)
		return fs;
	mount = -1;
	if (!syscall(__NR_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		mount = syscall(__NR_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	if (mount >= 0)
		fd = openat(mount, "content", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	err = errno;
	close(fs);
	if (mount >= 0)
		close(mount);
	errno = err;
	return fd;
}

static int open_file(enum memory_kind kind)
{
	switch (kind) {
	case MEMORY_MEMFD:
		return memfd_create("content", MFD_CLOEXEC);
	case MEMORY_TMPFS:
		return tmpfs_file();
	case MEMORY_FILE:
		return open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	default:
		return -1;
	}
}

static bool has_file(enum memory_kind kind)
{
	return kind == MEMORY_MEMFD || kind == MEMORY_TMPFS ||
	       kind == MEMORY_FILE;
}

static int map_flags(enum memory_kind kind)
{
	switch (kind) {
	case MEMORY_MEMFD:
	case MEMORY_TMPFS:
	case MEMORY_FILE:
		return MAP_SHARED;
	case MEMORY_SHMEM:
		return MAP_SHARED | MAP_ANONYMOUS;
	case MEMORY_HUGETLB:
		return MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB;
	default:
		return MAP_PRIVATE | MAP_ANONYMOUS;
	}
}

/* Transparent huge pages start at a multiple of their size. */
static void *map_aligned(size_t size)
{
	char *map, *start;

	map = mmap(NULL, size + CONTENT_UNIT, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return MAP_FAILED;
	start = map + (-(uintptr_t)map & (CONTENT_UNIT - 1));
	if (start > map)
		munmap(map, start - map);
	munmap(start + size, map + CONTENT_UNIT - start);
	return start;
}

static int map_content(struct memory_content *content)
{
	const enum memory_kind kind = content->kind;
	void *map;

	if (kind == MEMORY_FILE)
		return 0;
	if (kind == MEMORY_THP)
		map = map_aligned(content->size);
	else
		map = mmap(NULL, content->size, PROT_READ | PROT_WRITE,
			   map_flags(kind), content->fd, 0);
	if (map == MAP_FAILED)
		return kind == MEMORY_HUGETLB && errno == EINVAL ?
		       -EOPNOTSUPP : -errno;
	content->map = map;

	if (kind == MEMORY_THP && madvise(map, content->size, MADV_HUGEPAGE))
		return errno == EINVAL ? -EOPNOTSUPP : -errno;
	/* Huge pages that come and go as they like are another kind. */
	if (kind == MEMORY_ANON || kind == MEMORY_MLOCKED)
		madvise(map, content->size, MADV_NOHUGEPAGE);
	return 0;
}

int memory_content_create(struct memory_content *content, enum memory_kind kind,
			  size_t size, uint32_t seed, int node)
{
	int err, unbound;

	*content = (struct memory_content) {
		.kind = kind, .size = size, .seed = seed, .fd = -1,
	};

	if (has_file(kind)) {
		content->fd = open_file(kind);
		if (content->fd < 0)
			return -errno;
		if (ftruncate(content->fd, size))
			return -errno;
	}
	err = map_content(content);
	if (err)
		return err;

	err = memory_policy_bind(node);
	if (err)
		return err;
	if (kind == MEMORY_MLOCKED && mlock(content->map, size))
		err = -errno;
	if (!err)
		err = write_all(content, 0);
	unbound = memory_policy_bind(-1);
	/* NUMA balancing does not move what has a policy of its own. */
	if (content->map &&
	    syscall(__NR_mbind, content->map, size, MPOL_LOCAL, NULL, 0, 0))
		unbound = -errno;
	return err ? err : unbound;
}

void memory_content_destroy(struct memory_content *content)
{
	if (content->map)
		munmap(content->map, content->size);
	if (content->fd >= 0)
		close(content->fd);
	content->map = NULL;
	content->fd = -1;
}

/* A file that is not mapped is, for as long as its pages are looked for. */
static int window_open(const struct memory_content *content, char **window)
{
	size_t offset;

	*window = content->map;
	if (*window)
		return 0;
	*window = mmap(NULL, content->size, PROT_READ, MAP_SHARED, content->fd, 0);
	if (*window == MAP_FAILED)
		return -errno;
	for (offset = 0; offset < content->size; offset += page_size())
		__atomic_load_n(*window + offset, __ATOMIC_RELAXED);
	return 0;
}

static void window_close(const struct memory_content *content, char *window)
{
	if (!content->map)
		munmap(window, content->size);
}

/* Returns how many pages are elsewhere, or a negative errno. */
static long move_once(char *window, unsigned long nr, int node, void **pages,
		      int *nodes, int *status)
{
	unsigned long i;
	long away = 0;

	for (i = 0; i < nr; i++) {
		pages[i] = window + i * page_size();
		nodes[i] = node;
		status[i] = -EAGAIN;
	}
	if (syscall(__NR_move_pages, 0, nr, pages, nodes, status,
		    MPOL_MF_MOVE_ALL) < 0)
		return -errno;
	/* Some kernels say nothing about a page that did not move. */
	if (syscall(__NR_move_pages, 0, nr, pages, NULL, status, 0) < 0)
		return -errno;
	for (i = 0; i < nr; i++)
		away += status[i] != node;
	return away;
}

int memory_content_move(const struct memory_content *content, int node)
{
	const long long end = now_ms() + SETTLE_MS;
	const unsigned long nr = memory_content_pages(content);
	void **pages = calloc(nr, sizeof(*pages));
	int *status = calloc(nr, sizeof(*status));
	int *nodes = calloc(nr, sizeof(*nodes));
	long away = -ENOMEM;
	char *window;
	int err;

	if (pages && status && nodes) {
		err = window_open(content, &window);
		away = err;
		while (!err) {
			away = move_once(window, nr, node, pages, nodes, status);
			if (away <= 0 || now_ms() > end)
				break;
			nap();
		}
		if (!err)
			window_close(content, window);
	}
	free(nodes);
	free(status);
	free(pages);
	return away > 0 ? -EBUSY : away;
}

/* The page frames of a content; 0 for one that is not there. */
static int read_frames(const struct memory_content *content, uint64_t *frames)
{
	const size_t nr = memory_content_pages(content);
	const size_t size = nr * sizeof(*frames);
	char *window;
	ssize_t len;
	size_t i;
	int fd, err;

	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = window_open(content, &window);
	if (!err) {
		len = pread(fd, frames, size,
			    (uintptr_t)window / page_size() * sizeof(*frames));
		if (len != (ssize_t)size)
			err = len < 0 ? -errno : -ENODATA;
		window_close(content, window);
	}
	close(fd);
	for (i = 0; !err && i < nr; i++)
		frames[i] = frames[i] & PAGEMAP_PRESENT ?
			    frames[i] & PAGEMAP_PFN : 0;
	return err;
}

int memory_content_in_block(const struct memory_content *content,
			    unsigned long id, unsigned long block_pages,
			    unsigned long *pages)
{
	const size_t nr = memory_content_pages(content);
	uint64_t *frames;
	size_t i;
	int err;

	frames = calloc(nr, sizeof(*frames));
	if (!frames)
		return -ENOMEM;
	err = read_frames(content, frames);
	*pages = 0;
	for (i = 0; !err && i < nr; i++) {
		/* Without CAP_SYS_ADMIN, all frames read 0. */
		if (!frames[i])
			err = -ENOENT;
		*pages += frames[i] / block_pages == id;
	}
	free(frames);
	return err;
}

int memory_content_flagged(const struct memory_content *content, int bit,
			   unsigned long *pages)
{
	const size_t nr = memory_content_pages(content);
	uint64_t *frames, flags;
	size_t i;
	int fd, err;

	*pages = 0;
	fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	frames = calloc(nr, sizeof(*frames));
	err = frames ? read_frames(content, frames) : -ENOMEM;
	for (i = 0; !err && i < nr; i++) {
		if (pread(fd, &flags, sizeof(flags),
			  frames[i] * sizeof(flags)) != sizeof(flags))
			err = -errno;
		else
			*pages += flags >> bit & 1;
	}
	free(frames);
	close(fd);
	return err;
}
