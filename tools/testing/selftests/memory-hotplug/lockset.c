// SPDX-License-Identifier: GPL-2.0
/*
 * Records which locks are held where. See lockset.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lockset.h"

#define MAX_LOCKS	32
#define LINE_LEN	2048

static const char *missing = "not entered";
static int fd = -1;
static int error;
static char refused[128];
static const char *locks[MAX_LOCKS];
static unsigned int nr_locks;

static int command(const char *text)
{
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

void lockset_enter(void)
{
	char line[sizeof(refused)];
	FILE *list;

	list = fopen(LOCKSET_LIST, "re");
	if (!list) {
		missing = "no " LOCKSET_LIST ": nothing to look for";
		return;
	}
	fd = open(LOCKSET_FILE, O_RDWR | O_CLOEXEC);
	missing = fd < 0 ? "no " LOCKSET_FILE ": no CONFIG_MEMHP_LOCKSET" :
			   NULL;
	while (fd >= 0 && !error && fgets(line, sizeof(line), list)) {
		line[strcspn(line, "\n")] = '\0';
		error = command(line);
		if (error)
			snprintf(refused, sizeof(refused), "%s", line);
		else if (!strncmp(line, "lock ", 5) && nr_locks < MAX_LOCKS)
			locks[nr_locks++] = strdup(line + 5);
	}
	fclose(list);
}

const char *lockset_missing(void)
{
	return missing;
}

int lockset_failed(const char **line)
{
	*line = refused;
	return error;
}

int lockset_path(const char *path)
{
	char text[sizeof(refused)];

	snprintf(text, sizeof(text), "path %s", path);
	return command(text);
}

int lockset_arm(bool on)
{
	return command(on ? "arm" : "disarm");
}

int lockset_cpu(int cpu, bool up)
{
	char text[32];

	snprintf(text, sizeof(text), "%s-cpu %d", up ? "add" : "remove", cpu);
	return command(text);
}

int lockset_each(void (*line)(const char *line))
{
	char text[LINE_LEN];
	int copy, err = 0;
	FILE *file;

	/* A stream of its own, which begins at the beginning. */
	copy = dup(fd);
	file = copy < 0 ? NULL : fdopen(copy, "r");
	if (!file) {
		err = -errno;
		if (copy >= 0)
			close(copy);
		return err;
	}
	rewind(file);
	while (fgets(text, sizeof(text), file)) {
		text[strcspn(text, "\n")] = '\0';
		line(text);
	}
	if (ferror(file))
		err = -EIO;
	fclose(file);
	return err;
}

const char *const *lockset_locks(unsigned int *nr)
{
	*nr = nr_locks;
	return locks;
}
