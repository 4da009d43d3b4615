// SPDX-License-Identifier: GPL-2.0
/*
 * Work that goes on while memory goes. See node_load.h.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory_block.h"
#include "node_load.h"

#define USER_PAGES	512
#define MAX_NODES	1024
#define BITS		(8 * sizeof(unsigned long))

struct node_mask {
	unsigned long bits[MAX_NODES / BITS];
};

static struct node_mask mask_of(int node)
{
	struct node_mask mask = {};

	mask.bits[node / BITS] |= 1UL << node % BITS;
	return mask;
}

/* Private memory that is taken from a node. */
static void *map_on_node(int node, size_t size, int mode)
{
	const struct node_mask mask = mask_of(node);
	void *mem;

	mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		return NULL;
	if (syscall(__NR_mbind, mem, size, mode, mask.bits, MAX_NODES + 1, 0))
		return NULL;
	return mem;
}

static int node_of(void *page)
{
	int status = -ENOENT;

	if (syscall(__NR_move_pages, 0, 1UL, &page, NULL, &status, 0))
		return -errno;
	return status;
}

static void add(unsigned long *p, unsigned long n)
{
	__atomic_fetch_add(p, n, __ATOMIC_RELAXED);
}

static unsigned long load_of(const unsigned long *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* Each word of a page says which page it is, and in which round. */
static void page_write(unsigned long long *page, size_t words, unsigned long long value)
{
	size_t i;

	for (i = 0; i < words; i++)
		page[i] = value + i;
}

static bool page_right(const unsigned long long *page, size_t words, unsigned long long value)
{
	size_t i;

	for (i = 0; i < words; i++)
		if (page[i] != value + i)
			return false;
	return true;
}

static int use_memory(struct node_load *load, int node)
{
	const size_t size = sysconf(_SC_PAGESIZE);
	const size_t words = size / sizeof(unsigned long long);
	unsigned long long round, i;
	char *mem;

	mem = map_on_node(node, USER_PAGES * size, MPOL_PREFERRED);
	if (!mem)
		return -errno;
	for (i = 0; i < USER_PAGES; i++) {
		page_write((void *)(mem + i * size), words, i << 32);
		load->placed += node_of(mem + i * size) == node;
	}
	for (round = 1;; round++) {
		for (i = 0; i < USER_PAGES; i++) {
			unsigned long long *page = (void *)(mem + i * size);
			const unsigned long long old =
				i << 32 | (round - 1) << 12;

			if (!page_right(page, words, old))
				add(&load->wrong, 1);
			/* Some pages are allocated anew in each round. */
			if (i % 16 == round % 16)
				madvise(page, size, MADV_DONTNEED);
			page_write(page, words, i << 32 | round << 12);
			add(&load->touched, 1);
		}
	}
	return 0;
}

/*
 * What a block may be asked while it is removed. Not its state: the kernel
 * removes that file under mem_hotplug_lock, and who writes to it takes this
 * lock. That cannot deadlock, for both hold device_hotplug_lock, but lockdep
 * does not see this and reports it if the file is being read.
 */
static const char *const read_attrs[] = {
	"phys_index", "removable", "valid_zones",
};

static int read_block(const char *block)
{
	char path[PATH_LEN + 64], value[ATTR_LEN];
	size_t i;
	int err;

	for (i = 0; i < ARRAY_LEN(read_attrs); i++) {
		snprintf(path, sizeof(path), SYSFS_MEMORY "/%s/%s", block,
			 read_attrs[i]);
		err = attr_read(path, value, sizeof(value));
		/* Removed under our feet. */
		if (err == -ENOENT || err == -ENODEV)
			return 0;
		if (err)
			return err;
	}
	return 0;
}

static int read_blocks(struct node_load *load)
{
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	while (!err) {
		dir = opendir(SYSFS_MEMORY);
		if (!dir)
			return -errno;
		while (!err && (entry = readdir(dir)))
			if (!strncmp(entry->d_name, "memory", 6))
				err = read_block(entry->d_name);
		closedir(dir);
		add(&load->swept, 1);
	}
	return err;
}

static int report(struct node_load *load, int err)
{
	int none = 0;

	__atomic_compare_exchange_n(&load->error, &none, err, false,
				    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	return 1;
}

struct node_load *node_load_start(int node)
{
	struct node_load *load;
	pid_t pid;
	int err;

	load = mmap(NULL, sizeof(*load), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (load == MAP_FAILED)
		return NULL;

	/* The children share what load points to: only we may write the pids. */
	pid = fork();
	if (!pid)
		_exit(report(load, use_memory(load, node)));
	load->user = pid;
	pid = fork();
	if (!pid)
		_exit(report(load, read_blocks(load)));
	load->reader = pid;

	err = load->user < 0 || load->reader < 0 ? -EAGAIN :
	      node_load_go_round(load);
	if (!err)
		return load;
	node_load_stop(load);
	errno = -err;
	return NULL;
}

int node_load_go_round(const struct node_load *load)
{
	const unsigned long touched = load_of(&load->touched);
	const unsigned long swept = load_of(&load->swept);
	const long long end = now_ms() + WRITE_TIMEOUT_MS;

	while (load_of(&load->touched) < touched + USER_PAGES ||
	       load_of(&load->swept) < swept + 1) {
		const int err = __atomic_load_n(&load->error, __ATOMIC_RELAXED);

		if (err)
			return err;
		if (now_ms() > end)
			return -ETIMEDOUT;
		nap();
	}
	return 0;
}

static void end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

void node_load_stop(struct node_load *load)
{
	if (!load)
		return;
	end(load->user);
	end(load->reader);
	munmap(load, sizeof(*load));
}

/*
 * The pages behind a pipe are allocated for the kernel, under the memory
 * policy of the process that writes.
 */
int kernel_page_get(int node, int fds[2])
{
	const struct node_mask mask = mask_of(node);
	const char word = 'k';
	int err = 0;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	if (syscall(__NR_set_mempolicy, MPOL_BIND, mask.bits, MAX_NODES + 1) ||
	    write(fds[1], &word, 1) != 1)
		err = -errno;
	syscall(__NR_set_mempolicy, MPOL_DEFAULT, NULL, 0);
	if (err) {
		close(fds[0]);
		close(fds[1]);
	}
	return err;
}

int pinned_page_get(int node, int fds[2])
{
	const size_t size = sysconf(_SC_PAGESIZE);
	struct iovec iov = { .iov_len = size };
	int err = 0;

	iov.iov_base = map_on_node(node, size, MPOL_BIND);
	if (!iov.iov_base)
		return -errno;
	memset(iov.iov_base, 'p', size);
	if (node_of(iov.iov_base) != node)
		err = -EXDEV;
	else if (pipe2(fds, O_CLOEXEC))
		err = -errno;
	if (!err && vmsplice(fds[1], &iov, 1, 0) != (ssize_t)size) {
		err = -errno;
		close(fds[0]);
		close(fds[1]);
	}
	if (err)
		munmap(iov.iov_base, size);
	return err;
}
