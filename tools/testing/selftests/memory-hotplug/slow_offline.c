// SPDX-License-Identifier: GPL-2.0
/*
 * An offline that takes as long as a test likes. See slow_offline.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory_content.h"
#include "offline_attempt.h"
#include "slow_offline.h"
#include "stall.h"
#include "worker.h"

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
	int err, where = -1;

	slow->page = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (slow->page == MAP_FAILED) {
		slow->page = NULL;
		return -errno;
	}
	/* Children that share the page would change its reference count. */
	if (madvise(slow->page, size, MADV_DONTFORK))
		return -errno;

	err = memory_policy_bind(node);
	if (err) {
		fprintf(stderr, "# no policy for node %d: %s\n", node,
			errname(err));
		return err;
	}
	memset(slow->page, 1, size);
	err = memory_policy_bind(-1);
	if (err)
		return err;

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

/*
 * "going-offline" is there before the locks are. But what the zone has free
 * drops only when the pages are isolated, by offline_pages() under all locks,
 * and it does not return before the page is let go.
 */
int slow_offline_start(struct slow_offline *slow,
		       const struct memory_blocks *blocks, int node)
{
	struct zone_pages before;
	int err;

	*slow = (struct slow_offline){ .pin = { -1, -1 } };
	err = one_block(slow, blocks, node);
	if (!err)
		err = page_on_node(slow, node);
	if (!err)
		err = page_pin(slow->page, slow->pin);
	if (!err)
		err = zone_pages_read(node, ZONE_MOVABLE, &before);
	if (!err) {
		slow->pid = offline_attempt_start(slow->id, 0, 0);
		if (slow->pid < 0) {
			slow->pid = 0;
			err = -EAGAIN;
		}
	}
	if (!err)
		err = offline_attempt_isolated(slow->pid, node, before.free,
					       blocks->pages / 2);
	if (err) {
		fprintf(stderr, "# memory%lu: no slow offline: %s\n", slow->id,
			errname(err));
		if (slow->pid) {
			stall_show("offline", slow->pid);
			stall_dump_locks();
		}
		return err;
	}
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
	if (!slow->page)
		return;
	page_unpin(slow->pin);
	munmap(slow->page, sysconf(_SC_PAGESIZE));
	slow->page = NULL;
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
