// SPDX-License-Identifier: GPL-2.0
/*
 * A guardian that puts every memory block back. See memory_guard.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest.h"
#include "memory_guard.h"
#include "memory_limit.h"

/* The state to go back to; the same in all processes of the program. */
static struct memory_blocks at_start;
static const char *no_blocks = "memory_guard_enter() was not called";

const struct memory_blocks *memory_blocks_at_start(const char **reason)
{
	*reason = no_blocks;
	return no_blocks ? NULL : &at_start;
}

/* What else the guardian puts back. */
static unsigned int (*restore_also)(void);

void memory_guard_also(unsigned int (*restore)(void))
{
	restore_also = restore;
}

/* No process outlives its parent, except a guardian. */
static bool forking_guardian;
static pid_t forking;

static void before_fork(void)
{
	forking = getpid();
}

static void after_fork_in_child(void)
{
	if (forking_guardian)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != forking)
		_exit(KSFT_FAIL);
}

static int guardian(int fd, pid_t parent, const struct memory_blocks *blocks)
{
	struct pollfd pfd = { .fd = fd };
	long long orphan_since = 0;
	unsigned int failed = 0;

	setsid();
	/* Whoever may be killed for lack of memory, not the guardian. */
	attr_write("/proc/self/oom_score_adj", "-1000", strlen("-1000"));

	/* Nobody writes to the pipe: this is about its end. */
	while (poll(&pfd, 1, 1000) <= 0 || !(pfd.revents & POLLHUP)) {
		if (getppid() == parent)
			continue;
		if (!orphan_since)
			orphan_since = now_ms();
		if (now_ms() - orphan_since > RESTORE_TIMEOUT_MS) {
			fputs("# A process is left that does not die\n", stderr);
			break;
		}
	}

	if (restore_also)
		failed = restore_also();
	failed += memory_blocks_restore(blocks);
	return failed ? KSFT_FAIL : KSFT_PASS;
}

int memory_guard_start(struct memory_guard *guard,
		       const struct memory_blocks *blocks)
{
	const pid_t self = getpid();
	sigset_t deadly, old;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return -errno;

	/* Nothing but SIGKILL reaches the guardian, from its first moment. */
	sigfillset(&deadly);
	sigdelset(&deadly, SIGALRM);
	sigprocmask(SIG_BLOCK, &deadly, &old);
	fflush(NULL);
	forking_guardian = true;
	guard->pid = fork();
	forking_guardian = false;
	if (!guard->pid) {
		close(fds[1]);
		_exit(guardian(fds[0], self, blocks));
	}
	sigprocmask(SIG_SETMASK, &old, NULL);

	close(fds[0]);
	guard->fd = fds[1];
	if (guard->pid < 0) {
		close(fds[1]);
		return -EAGAIN;
	}
	return 0;
}

/* Wait for the harness, then for the guardian, and end as the harness did. */
static int supervise(pid_t harness, pid_t guardian, const sigset_t *signals)
{
	int status, restored, sig, killer = 0;

	for (;;) {
		sig = sigwaitinfo(signals, NULL);
		if (sig > 0 && sig != SIGCHLD) {
			killer = sig;
			kill(harness, SIGKILL);
		}
		if (waitpid(harness, &status, WNOHANG) == harness)
			break;
	}

	if (wait_child(guardian, &restored, RESTORE_TIMEOUT_MS)) {
		kill(guardian, SIGKILL);
		restored = -1;
	}
	if (restored) {
		fputs("# Not everything is restored\n", stderr);
		return KSFT_FAIL;
	}

	if (!killer && WIFSIGNALED(status))
		killer = WTERMSIG(status);
	if (killer) {
		signal(killer, SIG_DFL);
		sigprocmask(SIG_UNBLOCK, signals, NULL);
		raise(killer);
	}
	return WEXITSTATUS(status);
}

void memory_guard_enter(void)
{
	struct memory_guard guard;
	struct memory_use use;
	sigset_t signals, old;
	pid_t harness;

	if (geteuid()) {
		no_blocks = "must be root";
		return;
	}
	if (access(SYSFS_MEMORY "/block_size_bytes", F_OK)) {
		no_blocks = "no " SYSFS_MEMORY ": no memory hotplug";
		return;
	}
	if (memory_blocks_read(&at_start)) {
		no_blocks = "no memory block with valid_zones: no memory hotremove";
		return;
	}
	no_blocks = "no /proc/meminfo";
	if (!memory_use_read(&use))
		no_blocks = memory_limit(&at_start, &use);
	if (no_blocks)
		return;

	pthread_atfork(before_fork, NULL, after_fork_in_child);
	if (memory_guard_start(&guard, &at_start)) {
		no_blocks = "cannot start a guardian";
		return;
	}

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGQUIT);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, &old);

	harness = fork();
	if (!harness) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		return;
	}
	close(guard.fd);
	if (harness < 0) {
		perror("# fork");
		_exit(KSFT_FAIL);
	}
	_exit(supervise(harness, guard.pid, &signals));
}
