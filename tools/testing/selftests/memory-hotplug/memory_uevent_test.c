// SPDX-License-Identifier: GPL-2.0
/*
 * The events that udev gets when a memory block goes online and offline.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "block_kind.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "uevent.h"

#define NR_CYCLES	3

FIXTURE(uevent) {
	const struct memory_blocks *blocks;
	struct memory_node node;
	unsigned long id;
	char devpath[PATH_LEN];
	unsigned long long seqnum;
	int fd;
};

FIXTURE_VARIANT(uevent) {
	const char *attr;
	const char *online;
	const char *offline;
	int repeated;
};

FIXTURE_VARIANT_ADD(uevent, state) {
	.attr = "state",
	.online = "online_movable",
	.offline = "offline",
	.repeated = -EINVAL,
};

FIXTURE_VARIANT_ADD(uevent, online) {
	.attr = "online",
	.online = "1",
	.offline = "0",
};

static void must_write(struct __test_metadata *_metadata, unsigned long id,
		       const char *attr, const char *value, int expected)
{
	int err = memory_block_write(id, attr, value);

	ASSERT_EQ(expected, err) {
		TH_LOG("memory%lu/%s: write \"%s\": expected %s, got %s", id,
		       attr, value, errname(expected), errname(err));
	}
}

FIXTURE_SETUP(uevent)
{
	char zone[ATTR_LEN];
	const char *reason;

	self->fd = -1;
	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));

	if (block_pick(self->blocks, BLOCK_ANY, &self->node, &self->id))
		SKIP(return, "no memory block is offline or in ZONE_MOVABLE");
	ASSERT_EQ(0, memory_block_offline(self->id));
	ASSERT_EQ(0, memory_block_read(self->id, "valid_zones", zone,
				       sizeof(zone)));
	if (!strcmp(variant->attr, "online") &&
	    strncmp(zone, ZONE_MOVABLE, strlen(ZONE_MOVABLE)) &&
	    !block_takes_kernel_zone(&self->node))
		SKIP(return, "the default zone of memory%lu is a kernel zone",
		     self->id);

	snprintf(self->devpath, sizeof(self->devpath),
		 SYSFS_MEMORY "/memory%lu", self->id);
	memmove(self->devpath, self->devpath + strlen("/sys"),
		strlen(self->devpath + strlen("/sys")) + 1);
	self->fd = uevent_open();
	ASSERT_LE(0, self->fd) {
		TH_LOG("netlink: %s", errname(self->fd));
	}
}

FIXTURE_TEARDOWN(uevent)
{
	if (self->fd >= 0)
		close(self->fd);
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

static void expect_none(struct __test_metadata *_metadata, int fd,
			const char *devpath, const char *after)
{
	struct uevent event;
	int ret = uevent_next(fd, devpath, &event);

	ASSERT_LE(0, ret) {
		TH_LOG("netlink: %s", errname(ret));
	}
	EXPECT_EQ(0, ret) {
		TH_LOG("%s after %s", event.header, after);
	}
}

/* Exactly one event, with all that udev looks at. */
static void expect_one(struct __test_metadata *_metadata, int fd,
		       const char *devpath, const char *action,
		       unsigned long long *seqnum)
{
	char header[2 * PATH_LEN];
	struct uevent event = {};
	int ret = uevent_next(fd, devpath, &event);

	ASSERT_EQ(1, ret) {
		TH_LOG("no event for %s: %s", action, errname(ret));
	}
	snprintf(header, sizeof(header), "%s@%s", action, devpath);
	EXPECT_STREQ(header, event.header);
	EXPECT_STREQ(action, event.action);
	EXPECT_STREQ(devpath, event.devpath);
	EXPECT_STREQ("memory", event.subsystem);
	EXPECT_STREQ("", event.synth);
	EXPECT_EQ(0U, event.repeated);
	EXPECT_LT(*seqnum, event.seqnum);
	*seqnum = event.seqnum;

	expect_none(_metadata, fd, devpath, action);
}

/*
 * Each transition is announced once, when it is complete: what the listener
 * reads in sysfs then is the new state.
 */
TEST_F(uevent, one_for_each_transition)
{
	int i;

	for (i = 0; i < NR_CYCLES; i++) {
		must_write(_metadata, self->id, variant->attr, variant->online,
			   0);
		expect_one(_metadata, self->fd, self->devpath, "online",
			   &self->seqnum);
		must_write(_metadata, self->id, variant->attr,
			   variant->offline, 0);
		expect_one(_metadata, self->fd, self->devpath, "offline",
			   &self->seqnum);
	}
}

/* Asking for the state that the block is in is no transition. */
TEST_F(uevent, none_when_repeated)
{
	must_write(_metadata, self->id, variant->attr, variant->offline,
		   variant->repeated);
	expect_none(_metadata, self->fd, self->devpath, "a second offline");

	must_write(_metadata, self->id, variant->attr, variant->online, 0);
	expect_one(_metadata, self->fd, self->devpath, "online", &self->seqnum);
	must_write(_metadata, self->id, variant->attr, variant->online,
		   variant->repeated);
	expect_none(_metadata, self->fd, self->devpath, "a second online");
}

/* What no attribute understands is no transition, online or offline. */
TEST_F(uevent, none_when_refused)
{
	int online;

	for (online = 0; online <= 1; online++) {
		if (online) {
			must_write(_metadata, self->id, variant->attr,
				   variant->online, 0);
			expect_one(_metadata, self->fd, self->devpath, "online",
				   &self->seqnum);
		}
		must_write(_metadata, self->id, variant->attr, "Xnline",
			   -EINVAL);
		must_write(_metadata, self->id, variant->attr, "\n", -EINVAL);
		expect_none(_metadata, self->fd, self->devpath,
			    "a refused write");
	}
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* A page on the node that cannot move: a pipe holds it. */
static void pin_page(struct __test_metadata *_metadata, int node, int pipe_fd)
{
	unsigned long mask[16] = {};
	const size_t bits = 8 * sizeof(mask[0]);
	struct iovec iov = { .iov_len = sysconf(_SC_PAGESIZE) };
	int where = -1;
	void *page;

	ASSERT_GT(8 * sizeof(mask), (size_t)node);
	mask[node / bits] = 1UL << node % bits;
	page = mmap(NULL, iov.iov_len, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	ASSERT_EQ(0, syscall(SYS_mbind, page, iov.iov_len, MPOL_BIND, mask,
			     8 * sizeof(mask), 0)) {
		TH_LOG("mbind: %s", strerror(errno));
	}
	memset(page, 1, iov.iov_len);
	ASSERT_EQ(0, syscall(SYS_get_mempolicy, &where, NULL, 0, page,
			     MPOL_F_NODE | MPOL_F_ADDR));
	ASSERT_EQ(node, where);
	iov.iov_base = page;
	ASSERT_EQ((ssize_t)iov.iov_len, vmsplice(pipe_fd, &iov, 1, 0)) {
		TH_LOG("vmsplice: %s", strerror(errno));
	}
}

/*
 * An offline that fails is not announced: the block holds a page that cannot
 * move, and the kernel tries to move it until a signal interrupts it.
 */
TEST_F(uevent, none_when_offline_fails)
{
	const struct itimerval every = {
		.it_value.tv_usec = 100 * 1000,
		.it_interval.tv_usec = 100 * 1000,
	}, off = {};
	const struct sigaction act = { .sa_handler = on_alarm };
	char path[PATH_LEN], state[ATTR_LEN];
	unsigned long id;
	int fds[2], fd, err;
	ssize_t ret;

	if (!self->node.bare)
		SKIP(return, "no node without boot memory");
	/* Nothing but this block, so that the page is in it. */
	err = memory_node_offline(self->blocks, self->node.id, &id);
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: offline: %s", id, errname(err));
	}
	must_write(_metadata, self->id, variant->attr, variant->online, 0);
	ASSERT_EQ(0, pipe(fds));
	pin_page(_metadata, self->node.id, fds[1]);
	while (uevent_next(self->fd, self->devpath, &(struct uevent){}) > 0)
		;

	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/%s", self->id,
		 variant->attr);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sigaction(SIGALRM, &act, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &every, NULL));
	ret = write(fd, variant->offline, strlen(variant->offline));
	err = errno;
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &off, NULL));
	close(fd);

	EXPECT_EQ(-1, ret);
	EXPECT_EQ(EINTR, err) {
		TH_LOG("offline: %s", strerror(err));
	}
	ASSERT_EQ(0, memory_block_read(self->id, "state", state, sizeof(state)));
	EXPECT_STREQ("online", state);
	expect_none(_metadata, self->fd, self->devpath, "a failed offline");

	/* The page can move when the pipe is gone. */
	close(fds[0]);
	close(fds[1]);
	ASSERT_EQ(0, memory_block_offline(self->id));
	expect_one(_metadata, self->fd, self->devpath, "offline",
		   &self->seqnum);
}

/*
 * Root may have any event sent by writing its name to "uevent", for udev to
 * see it again: that is marked as synthetic and changes nothing.
 */
TEST_F(uevent, synthetic_is_marked)
{
	static const char *const actions[] = {
		"add", "remove", "change", "online", "offline\n",
	};
	char before[ATTR_LEN], after[ATTR_LEN];
	struct uevent event;
	size_t i;

	ASSERT_EQ(0, memory_block_read(self->id, "valid_zones", before,
				       sizeof(before)));
	for (i = 0; i < ARRAY_LEN(actions); i++) {
		must_write(_metadata, self->id, "uevent", actions[i], 0);
		ASSERT_EQ(1, uevent_next(self->fd, self->devpath, &event));
		EXPECT_EQ(0, strncmp(actions[i], event.action,
				     strlen(event.action))) {
			TH_LOG("%s for %s", event.action, actions[i]);
		}
		EXPECT_STREQ("0", event.synth);
		EXPECT_STREQ("memory", event.subsystem);
		expect_none(_metadata, self->fd, self->devpath, actions[i]);
	}
	must_write(_metadata, self->id, "uevent", "onlin", -EINVAL);
	must_write(_metadata, self->id, "uevent", "Online", -EINVAL);
	expect_none(_metadata, self->fd, self->devpath, "a refused write");

	ASSERT_EQ(0, memory_block_read(self->id, "valid_zones", after,
				       sizeof(after)));
	EXPECT_STREQ(before, after);
	ASSERT_EQ(0, memory_block_read(self->id, "state", after,
				       sizeof(after)));
	EXPECT_STREQ("offline", after);
}

int main(int argc, char **argv)
{
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
