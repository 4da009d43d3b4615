// SPDX-License-Identifier: GPL-2.0
/*
 * An offline that takes as long as a test likes. See slow_offline.h.
 */

#define _GNU_SOURCE
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

#include "slow_offline.h"
#include "stall.h"
#include "worker.h"

#define MAX_NODES	1024
#define LONG_BITS	(8 * sizeof(unsigned long))

/* The only online candidate block of the node, in ZONE_MOVABLE. */
static int one_block(struct slow_offline *slow,
		     const struct memory_blocks *blocks, int node)
{
	const struct memory_block *block = blocks->block;
	char zone[ATTR_LEN] = "";
	int err;

	err = memory_node_offline(blocks, node, &slow->id);
	if (err) {
		fprintf(stderr, "# memory%lu: offline: %s\n", slow->id,
			errname(err));
		return err;
	}

	while (!block->candidate || block->node != node)
		block++;
	slow->id = block->id;
	err = memory_block_write(slow->id, "state", "online_movable");
	if (err) {
		fprintf(stderr, "# memory%lu: online_movable: %s\n", slow->id,
			errname(err));
		return err;
	}
	err = memory_block_read(slow->id, "valid_zones", zone, sizeof(zone));
	if (!err && strcmp(zone, ZONE_MOVABLE))
		err = -EINVAL;
	if (err)
		fprintf(stderr, "# memory%lu: not in ZONE_MOVABLE, but in \"%s\": %s\n",
			slow->id, zone, errname(err));
	return err;
}

/* A page of anonymous memory on @node. */
static int page_on_node(struct slow_offline *slow, int node)
{
	const size_t size = sysconf(_SC_PAGESIZE);
	const long long end = now_ms() + STALL_MS;
	unsigned long mask[MAX_NODES / LONG_BITS] = {};
	int err, where = -1;

	if (node >= MAX_NODES)
		return -E2BIG;
	mask[node / LONG_BITS] |= 1UL << node % LONG_BITS;

	slow->page = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (slow->page == MAP_FAILED) {
		slow->page = NULL;
		return -errno;
	}
	/* Children that share the page would change its reference count. */
	if (madvise(slow->page, size, MADV_DONTFORK))
		return -errno;

	/* Some kernels tell cpusets about a node only after the fact. */
	do {
		err = 0;
		if (syscall(__NR_mbind, slow->page, size, MPOL_BIND, mask,
			    MAX_NODES, 0))
			err = -errno;
		if (err == -EINVAL)
			nap();
	} while (err == -EINVAL && now_ms() < end);
	if (err) {
		fprintf(stderr, "# mbind to node %d: %s\n", node, errname(err));
		return err;
	}

	memset(slow->page, 1, size);
	if (syscall(__NR_get_mempolicy, &where, NULL, 0, slow->page,
		    MPOL_F_NODE | MPOL_F_ADDR))
		return -errno;
	if (where != node) {
		fprintf(stderr, "# a page for node %d is on node %d\n", node,
			where);
		return -EXDEV;
	}
	return 0;
}

/* A reference that the page table does not account for. */
static int pin_page(struct slow_offline *slow)
{
	const struct iovec iov = { .iov_base = slow->page, .iov_len = 1 };

	if (pipe2(slow->pin, O_CLOEXEC | O_NONBLOCK)) {
		memset(slow->pin, 0, sizeof(slow->pin));
		return -errno;
	}
	if (vmsplice(slow->pin[1], &iov, 1, 0) != 1) {
		fprintf(stderr, "# vmsplice: %s\n", strerror(errno));
		return -errno;
	}
	return 0;
}

static void interrupt(int sig)
{
	(void)sig;
}

/* A child that takes the block offline, however long that takes. */
static int start_child(struct slow_offline *slow)
{
	const struct sigaction act = { .sa_handler = interrupt };
	char path[PATH_LEN];
	int fd;

	slow->pid = fork();
	if (slow->pid < 0) {
		slow->pid = 0;
		return -errno;
	}
	if (slow->pid)
		return 0;

	/* Without SA_RESTART: the write returns EINTR. */
	sigaction(SIGUSR1, &act, NULL);
	/* The reference is the parent's alone. */
	close(slow->pin[0]);
	close(slow->pin[1]);
	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/state", slow->id);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "offline", strlen("offline")) < 0)
		_exit(errno);
	_exit(0);
}

/*
 * "going-offline" is there before the locks are. But what the zone has free
 * drops only when the pages are isolated, by offline_pages() under all locks,
 * and it does not return before the page is let go.
 */
int slow_offline_start(struct slow_offline *slow,
		       const struct memory_blocks *blocks, int node)
{
	struct zone_pages before, zone;
	long long end;
	int err;

	memset(slow, 0, sizeof(*slow));
	err = one_block(slow, blocks, node);
	if (!err)
		err = page_on_node(slow, node);
	if (!err)
		err = pin_page(slow);
	if (!err)
		err = zone_pages_read(node, ZONE_MOVABLE, &before);
	if (!err)
		err = start_child(slow);
	if (err) {
		fprintf(stderr, "# memory%lu: no slow offline: %s\n", slow->id,
			errname(err));
		return err;
	}

	end = now_ms() + STALL_MS;
	do {
		nap();
		if (now_ms() > end) {
			fprintf(stderr, "# memory%lu: offline has not isolated any pages\n",
				slow->id);
			stall_show("offline", slow->pid);
			stall_dump_locks();
			return -ETIMEDOUT;
		}
		err = zone_pages_read(node, ZONE_MOVABLE, &zone);
		if (err)
			return err;
	} while (zone.free + blocks->pages / 2 > before.free);
	return slow_offline_going(slow) ? 0 : -ECHILD;
}

bool slow_offline_going(const struct slow_offline *slow)
{
	siginfo_t info = {};
	char state[ATTR_LEN];
	int err;

	if (waitid(P_PID, slow->pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    info.si_pid) {
		fprintf(stderr, "# memory%lu: offline ended in spite of a pinned page: %s\n",
			slow->id, errname(info.si_status));
		return false;
	}
	err = memory_block_read(slow->id, "state", state, sizeof(state));
	if (err || strcmp(state, "going-offline")) {
		fprintf(stderr, "# memory%lu: state is \"%s\" during an offline: %s\n",
			slow->id, err ? "" : state, errname(err));
		return false;
	}
	return true;
}

int slow_offline_wait(struct slow_offline *slow)
{
	int err, status;

	err = wait_child(slow->pid, &status, STALL_MS);
	if (err) {
		stall_show("offline", slow->pid);
		stall_dump_locks();
		return err;
	}
	slow->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

int slow_offline_abort(struct slow_offline *slow)
{
	kill(slow->pid, SIGUSR1);
	return slow_offline_wait(slow);
}

void slow_offline_unpin(struct slow_offline *slow)
{
	char byte;

	if (slow->pin[1]) {
		/* Other children of the test have the pipe open, too. */
		if (read(slow->pin[0], &byte, 1) < 0 && errno != EAGAIN)
			perror("# pipe");
		close(slow->pin[0]);
		close(slow->pin[1]);
		memset(slow->pin, 0, sizeof(slow->pin));
	}
	if (slow->page) {
		munmap(slow->page, sysconf(_SC_PAGESIZE));
		slow->page = NULL;
	}
}

int slow_offline_end(struct slow_offline *slow)
{
	int err = 0;

	if (slow->pid) {
		kill(slow->pid, SIGKILL);
		err = wait_child(slow->pid, NULL, STALL_MS);
		slow->pid = 0;
	}
	slow_offline_unpin(slow);
	return err;
}
