// SPDX-License-Identifier: GPL-2.0
/*
 * Puts settings of the kernel back. See attr_guard.h.
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attr_guard.h"
#include "memory_block.h"

#define MAX_ATTRS	1024

static struct {
	const char *path;
	char value[ATTR_LEN];
} attrs[MAX_ATTRS];

static size_t nr_attrs;

static struct {
	const char *path;
	const char *value;
} at_end;

void attr_guard_at_end(const char *path, const char *value)
{
	at_end.path = path;
	at_end.value = value;
}

unsigned int attr_guard_restore(void)
{
	unsigned int failed = 0;
	char now[ATTR_LEN];
	size_t i;

	for (i = 0; i < nr_attrs; i++) {
		if (!attr_read(attrs[i].path, now, sizeof(now)) &&
		    !strcmp(now, attrs[i].value))
			continue;
		if (attr_write(attrs[i].path, attrs[i].value,
			       strlen(attrs[i].value)) >= 0)
			continue;
		fprintf(stderr, "# %s is not restored: it was %s\n",
			attrs[i].path, attrs[i].value);
		failed++;
	}
	return failed;
}

void attr_guard_enter(const char *const *paths, size_t nr)
{
	sigset_t all, old;
	int fds[2];
	char byte;
	size_t i;

	for (i = 0; i < nr && nr_attrs < MAX_ATTRS; i++) {
		attrs[nr_attrs].path = paths[i];
		if (!attr_read(paths[i], attrs[nr_attrs].value, ATTR_LEN))
			nr_attrs++;
	}

	if (pipe2(fds, O_CLOEXEC))
		return;
	/* Nothing but SIGKILL reaches the process, from its first moment. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	if (!fork()) {
		setsid();
		close(fds[1]);
		/* Ends when no other process has the pipe. */
		while (read(fds[0], &byte, 1) < 0)
			;
		if (at_end.path)
			attr_write(at_end.path, at_end.value,
				   strlen(at_end.value));
		_exit(attr_guard_restore());
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fds[0]);
}
