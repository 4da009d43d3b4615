// SPDX-License-Identifier: GPL-2.0
/*
 * Has the kernel's memory notifiers fail. See notifier_inject.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory_block.h"
#include "notifier_inject.h"

#define MODULE	"memory_notifier_error_inject"
#define INJECT	"/sys/kernel/debug/notifier-error-inject/memory"

#define LOAD_TIMEOUT_MS	20000

/* modprobe knows where modules are, and how they are packed. */
int notifier_inject_load(int priority)
{
	char word[32];
	char *const argv[] = { "modprobe", "-q", MODULE, word, NULL };
	int status, err;
	pid_t pid;

	err = notifier_inject_unload();
	if (err)
		return err;
	if (!access(INJECT, F_OK))
		return -EEXIST;

	snprintf(word, sizeof(word), "priority=%d", priority);
	err = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (err)
		return -err;
	err = wait_child(pid, &status, LOAD_TIMEOUT_MS);
	if (err)
		return err;
	return status || access(INJECT, F_OK) ? -ENOENT : 0;
}

int notifier_inject_set(const char *action, int err)
{
	char path[PATH_LEN], text[16];
	ssize_t ret;
	int len;

	snprintf(path, sizeof(path), INJECT "/actions/%s/error", action);
	len = snprintf(text, sizeof(text), "%d", -err);
	ret = attr_write(path, text, len);
	return ret < 0 ? ret : 0;
}

int notifier_inject_unload(void)
{
	if (!syscall(__NR_delete_module, MODULE, O_NONBLOCK) || errno == ENOENT)
		return 0;
	return -errno;
}

unsigned int notifier_inject_restore(void)
{
	const int err = notifier_inject_unload();

	if (!err)
		return 0;
	fprintf(stderr, "# module " MODULE " is not unloaded: %s\n",
		errname(err));
	return 1;
}
