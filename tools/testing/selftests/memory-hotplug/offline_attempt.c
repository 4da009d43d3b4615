// SPDX-License-Identifier: GPL-2.0
/*
 * Taking a memory block offline in a child. See offline_attempt.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "memory_block.h"
#include "offline_attempt.h"

/* How long an attempt may take to get anywhere. */
#define ATTEMPT_MS	10000

static void interrupt(int sig)
{
	(void)sig;
}

pid_t offline_attempt_start(unsigned long id, unsigned int delay_us, int sig)
{
	const struct itimerspec delay = {
		.it_value.tv_sec = delay_us / 1000000,
		.it_value.tv_nsec = delay_us % 1000000 * 1000,
	};
	struct sigevent event = {
		.sigev_notify = delay_us ? SIGEV_SIGNAL : SIGEV_NONE,
		.sigev_signo = sig,
	};
	/* Without SA_RESTART. */
	const struct sigaction act = { .sa_handler = interrupt };
	char path[PATH_LEN];
	timer_t timer;
	pid_t pid;
	int fd;

	pid = fork();
	if (pid)
		return pid;

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGUSR1, &act, NULL);
	sigaction(SIGALRM, &act, NULL);
	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/state", id);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || timer_create(CLOCK_MONOTONIC, &event, &timer))
		_exit(errno);
	timer_settime(timer, 0, &delay, NULL);
	if (write(fd, "offline", strlen("offline")) < 0)
		_exit(errno);
	_exit(0);
}

/* Leaves the child's status to who waits for it. */
static int still_running(pid_t child)
{
	siginfo_t info = {};

	if (waitid(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT))
		return -errno;
	return info.si_pid ? -ESRCH : 0;
}

/* Signals that were sent to the process. */
static int signals_pending(pid_t pid, unsigned long long *pending)
{
	char path[PATH_LEN], text[4096], *pos;
	int err;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	err = attr_read(path, text, sizeof(text));
	if (err)
		return err;
	pos = strstr(text, "ShdPnd:");
	return pos && sscanf(pos, "ShdPnd: %llx", pending) == 1 ? 0 : -EINVAL;
}

int offline_attempt_waiting(pid_t child)
{
	const long long end = now_ms() + ATTEMPT_MS;
	unsigned long long pending = 0;
	char path[PATH_LEN], text[ATTR_LEN], *rest;
	int err;

	snprintf(path, sizeof(path), "/proc/%d/syscall", child);
	for (;;) {
		err = signals_pending(child, &pending);
		if (!err && !pending) {
			err = attr_read(path, text, sizeof(text));
			/* "running" otherwise. */
			if (!err && strtol(text, &rest, 10) == __NR_write &&
			    rest > text)
				return 0;
		}
		if (err)
			return err;
		if (now_ms() > end)
			return -ETIMEDOUT;
		nap();
	}
}

int offline_attempt_isolated(pid_t child, int node, unsigned long free,
			     unsigned long pages)
{
	const long long end = now_ms() + ATTEMPT_MS;
	struct zone_pages now;
	int err;

	for (;;) {
		err = zone_pages_read(node, ZONE_MOVABLE, &now);
		if (err || now.free + pages <= free)
			return err;
		err = still_running(child);
		if (err)
			return err;
		if (now_ms() > end)
			return -ETIMEDOUT;
		nap();
	}
}

static int failed_migrations(unsigned long *nr)
{
	char line[ATTR_LEN];
	int err = -ENOENT;
	FILE *file;

	file = fopen("/proc/vmstat", "re");
	if (!file)
		return -errno;
	while (err && fgets(line, sizeof(line), file))
		if (sscanf(line, "pgmigrate_fail %lu", nr) == 1)
			err = 0;
	fclose(file);
	return err;
}

int offline_attempt_retried(pid_t child, unsigned int times)
{
	const long long end = now_ms() + ATTEMPT_MS;
	unsigned long before, now;
	int err;

	err = failed_migrations(&before);
	while (!err) {
		err = failed_migrations(&now);
		if (err || now - before >= times)
			break;
		err = still_running(child);
		if (!err && now_ms() > end)
			err = -ETIMEDOUT;
		nap();
	}
	return err;
}

int page_pin(void *addr, int pipe[2])
{
	const struct iovec iov = { .iov_base = addr, .iov_len = 1 };
	int err = 0;

	if (pipe2(pipe, O_CLOEXEC | O_NONBLOCK)) {
		err = -errno;
		pipe[0] = -1;
		pipe[1] = -1;
		return err;
	}
	/* A reference that no page table accounts for. */
	if (vmsplice(pipe[1], &iov, 1, 0) != 1)
		err = -errno;
	return err;
}

void page_unpin(int pipe[2])
{
	char byte;
	int i;

	/* Children have the pipe open, too. */
	if (pipe[0] >= 0 && read(pipe[0], &byte, 1) < 0 && errno != EAGAIN)
		perror("# pipe");
	for (i = 0; i < 2; i++) {
		if (pipe[i] >= 0)
			close(pipe[i]);
		pipe[i] = -1;
	}
}
