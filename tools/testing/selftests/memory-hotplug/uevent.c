// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel tells udev. See uevent.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "uevent.h"

/* The group that the kernel itself sends to; udev forwards to another. */
#define KERNEL_GROUP	1

/* Twice the size of the environment that the kernel builds. */
#define MAX_EVENT	4096

int uevent_open(void)
{
	const struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = KERNEL_GROUP,
	};
	const int size = 1 << 20;
	int fd, err;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	/* Other devices' events must not push ours out. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    bind(fd, (const struct sockaddr *)&addr, sizeof(addr))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

static bool take(const char *line, const char *key, char *value, size_t size)
{
	const size_t len = strlen(key);

	if (strncmp(line, key, len))
		return false;
	snprintf(value, size, "%s", line + len);
	return true;
}

static void parse(const char *buf, size_t len, struct uevent *event)
{
	const char *line, *end = buf + len;
	char seqnum[ATTR_LEN];

	*event = (struct uevent){};
	snprintf(event->header, sizeof(event->header), "%.*s", PATH_LEN - 1,
		 buf);
	for (line = buf + strlen(buf) + 1; line < end; line += strlen(line) + 1) {
		const struct uevent before = *event;

		if (take(line, "ACTION=", event->action,
			 sizeof(event->action)))
			event->repeated += before.action[0] != '\0';
		else if (take(line, "DEVPATH=", event->devpath,
			      sizeof(event->devpath)))
			event->repeated += before.devpath[0] != '\0';
		else if (take(line, "SUBSYSTEM=", event->subsystem,
			      sizeof(event->subsystem)))
			event->repeated += before.subsystem[0] != '\0';
		else if (take(line, "SYNTH_UUID=", event->synth,
			      sizeof(event->synth)))
			event->repeated += before.synth[0] != '\0';
		else if (take(line, "SEQNUM=", seqnum, sizeof(seqnum)))
			event->seqnum = strtoull(seqnum, NULL, 10);
	}
}

int uevent_next(int fd, const char *devpath, struct uevent *event)
{
	char buf[MAX_EVENT + 1];
	struct sockaddr_nl from;
	socklen_t size;
	const char *at;
	ssize_t len;

	for (;;) {
		size = sizeof(from);
		len = recvfrom(fd, buf, MAX_EVENT, 0, (struct sockaddr *)&from,
			       &size);
		if (len < 0)
			return errno == EAGAIN ? 0 : -errno;
		/* Root may send here, too. */
		if (from.nl_pid)
			continue;
		buf[len] = '\0';
		at = strchr(buf, '@');
		if (at && !strcmp(at + 1, devpath)) {
			parse(buf, len, event);
			return 1;
		}
	}
}
