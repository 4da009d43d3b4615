// SPDX-License-Identifier: GPL-2.0
/*
 * What to say about a process that is stuck in the kernel. See stall.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory_block.h"
#include "stall.h"

#define SYSRQ	"/proc/sysrq-trigger"

/* "State:  D (disk sleep)" */
static void show_state(pid_t pid)
{
	char path[PATH_LEN], text[4096], *state;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (attr_read(path, text, sizeof(text)))
		return;
	state = strstr(text, "State:");
	if (state)
		fprintf(stderr, "#   %.*s\n", (int)strcspn(state, "\n"), state);
}

static void show_file(pid_t pid, const char *file)
{
	char path[PATH_LEN], text[4096], *line, *rest = text;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	if (attr_read(path, text, sizeof(text)) || !text[0])
		return;
	fprintf(stderr, "#   %s:\n", file);
	while ((line = strsep(&rest, "\n")))
		fprintf(stderr, "#     %s\n", line);
}

void stall_show(const char *name, pid_t pid)
{
	fprintf(stderr, "# %s is process %d\n", name, pid);
	show_state(pid);
	show_file(pid, "wchan");
	show_file(pid, "stack");
}

bool stall_stack_readable(void)
{
	return !access("/proc/self/stack", R_OK);
}

/* Whoever sleeps at one place for so long is not about to get to another. */
#define SETTLED_MS	2000

/* " name+0x", so that no other name ends like it. */
int stall_wait_in(pid_t pid, const char *function, int ms)
{
	char path[PATH_LEN], text[4096], last[4096] = "", pattern[64];
	const long long end = now_ms() + ms;
	long long since = now_ms();
	siginfo_t info = {};

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	snprintf(pattern, sizeof(pattern), " %s+0x", function);
	for (;;) {
		if (attr_read(path, text, sizeof(text)))
			text[0] = '\0';
		if (strstr(text, pattern))
			return 0;
		if (!text[0] || strcmp(text, last))
			since = now_ms();
		memcpy(last, text, sizeof(last));
		if (waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
		    info.si_pid) {
			fprintf(stderr, "# process %d has not waited in %s()\n",
				pid, function);
			return -ECHILD;
		}
		if (now_ms() > end || now_ms() - since > SETTLED_MS) {
			fprintf(stderr, "# process %d does not wait in %s()\n",
				pid, function);
			stall_show("it", pid);
			stall_dump_locks();
			return -ETIMEDOUT;
		}
		nap();
	}
}

void stall_dump_locks(void)
{
	static bool done;
	ssize_t err;

	if (done)
		return;
	done = true;

	/* One letter a write: kernels differ in what they do with a second. */
	err = attr_write(SYSRQ, "d", 1);
	if (err > 0)
		err = attr_write(SYSRQ, "t", 1);
	if (err > 0)
		fputs("# All held locks and all tasks are in the kernel log\n",
		      stderr);
	else
		fprintf(stderr, "# No list of locks and tasks: " SYSRQ ": %s\n",
			errname(err));
}
