// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the host to plug, unplug or resize memory. See host_port.h.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "block_range.h"
#include "host_port.h"
#include "memory_block.h"

#define PORTS	"/sys/class/virtio-ports"
#define NAME	"org.memhp.0"

/* A word of the answer to "list"; a pc-dimm has the first five fields. */
#define DEVICE	"%15[^,],id=%31[^,],node=%d,size=%llu,addr=%llx," \
		"requested=%llu,max=%llu"

static bool find_port(char *path, size_t size)
{
	char attr[PATH_LEN + 64], name[ATTR_LEN];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	dir = opendir(PORTS);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		snprintf(attr, sizeof(attr), PORTS "/%s/name", entry->d_name);
		found = !attr_read(attr, name, sizeof(name)) &&
			!strcmp(name, NAME);
		if (found)
			snprintf(path, size, "/dev/%s", entry->d_name);
	}
	closedir(dir);
	return found;
}

int host_port_open(struct host_port *port, const char **reason)
{
	char path[PATH_LEN];
	int err;

	port->fd = -1;
	if (!find_port(path, sizeof(path))) {
		*reason = "no virtio-serial port " NAME ": nobody to plug memory";
		return -ENODEV;
	}
	port->fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (port->fd < 0) {
		*reason = path;
		return -errno;
	}
	/* Unlike that of any other process that used the port before. */
	port->tag = getpid() * 10000U;

	err = host_send(port, "reset");
	if (!err)
		err = host_answer(port);
	if (err) {
		*reason = "the host could not put all devices back";
		close(port->fd);
		port->fd = -1;
	}
	return err;
}

/* The driver removes a block when the host has taken its memory. */
static int wait_empty(struct host_port *port)
{
	struct host_device all[HOST_DEVICES];
	int i, nr = host_devices(port, all), err = nr < 0 ? nr : 0;

	for (i = 0; i < nr && !err; i++) {
		/* What else is in its first or last block may stay. */
		const struct block_range range =
			block_range_within(all[i].addr, all[i].max);

		if (!all[i].dimm && !all[i].size)
			err = block_range_wait(&range, 0);
	}
	return err;
}

int host_port_close(struct host_port *port)
{
	int err;

	if (port->fd < 0)
		return 0;
	err = host_send(port, "reset");
	if (!err)
		err = host_answer(port);
	/* A program that knows nothing of the device may come next. */
	if (!err)
		err = wait_empty(port);
	close(port->fd);
	port->fd = -1;
	return err;
}

int host_send(struct host_port *port, const char *request, ...)
{
	char line[ATTR_LEN];
	va_list args;
	ssize_t ret;
	int len;

	len = snprintf(line, sizeof(line), "%u ", ++port->tag);
	va_start(args, request);
	len += vsnprintf(line + len, sizeof(line) - len, request, args);
	va_end(args);
	if (len >= (int)sizeof(line) - 1)
		return -EMSGSIZE;
	line[len++] = '\n';

	ret = write(port->fd, line, len);
	if (ret < 0)
		return -errno;
	return ret == len ? 0 : -EIO;
}

static int read_line(struct host_port *port, char *line, size_t size,
		     long long end)
{
	struct pollfd pfd = { .fd = port->fd, .events = POLLIN };
	size_t len = 0;
	long long left;
	ssize_t ret;

	for (;;) {
		left = end - now_ms();
		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(&pfd, 1, left) < 0)
			return -errno;
		if (pfd.revents & POLLHUP)
			return -EPIPE;
		if (!(pfd.revents & POLLIN))
			continue;
		/* Each line by itself: an answer may be followed by nothing. */
		ret = read(port->fd, line + len, 1);
		if (ret < 0)
			return -errno;
		if (!ret)
			return -EPIPE;
		if (line[len] == '\n') {
			line[len] = '\0';
			return 0;
		}
		if (++len == size)
			return -EMSGSIZE;
	}
}

int host_answer(struct host_port *port)
{
	const long long end = now_ms() + HOST_TIMEOUT_MS;
	char line[HOST_LINE];
	unsigned int tag;
	int err, pos;

	do {
		err = read_line(port, line, sizeof(line), end);
		if (err) {
			snprintf(port->answer, sizeof(port->answer),
				 "no answer: %s", errname(err));
			return err;
		}
		/* Other answers are for a program that has died since. */
	} while (sscanf(line, "%u %n", &tag, &pos) != 1 || tag != port->tag);

	if (!strncmp(line + pos, "ok", 2)) {
		pos += 2;
		pos += line[pos] == ' ';
		err = 0;
	} else {
		err = -EREMOTEIO;
	}
	memmove(port->answer, line + pos, strlen(line + pos) + 1);
	return err;
}

int host_plug_dimm(struct host_port *port, int node, unsigned long long size,
		   struct host_device *dimm)
{
	char id[HOST_ID];
	int err;

	err = host_send(port, "plug-dimm node=%d size=%llu", node, size);
	if (!err)
		err = host_answer(port);
	if (err)
		return err;
	snprintf(id, sizeof(id), "%.*s", HOST_ID - 1, port->answer);
	return host_device_find(port, id, dimm);
}

int host_unplug_dimm(struct host_port *port, const char *id)
{
	int err = host_send(port, "unplug-dimm %s", id);

	return err ? err : host_answer(port);
}

int host_resize(struct host_port *port, const char *id, unsigned long long size)
{
	int err = host_send(port, "resize %s %llu", id, size);

	return err ? err : host_answer(port);
}

int host_devices(struct host_port *port,
		 struct host_device devices[HOST_DEVICES])
{
	char *save, *tok, *pos = port->answer;
	int err, fields, nr = 0;

	err = host_send(port, "list");
	if (!err)
		err = host_answer(port);
	if (err)
		return err;

	for (; (tok = strtok_r(pos, " ", &save)); pos = NULL) {
		struct host_device this = {};
		char kind[16] = "";

		if (nr == HOST_DEVICES)
			return -E2BIG;
		fields = sscanf(tok, DEVICE, kind, this.id, &this.node,
				&this.size, &this.addr, &this.requested,
				&this.max);
		this.dimm = !strcmp(kind, "dimm");
		if (fields != (this.dimm ? 5 : 7))
			return -EPROTO;
		devices[nr++] = this;
	}
	return nr;
}

int host_device_find(struct host_port *port, const char *id,
		     struct host_device *device)
{
	struct host_device devices[HOST_DEVICES];
	int i, nr = host_devices(port, devices);

	if (nr < 0)
		return nr;
	for (i = 0; i < nr; i++) {
		if (strcmp(devices[i].id, id))
			continue;
		*device = devices[i];
		return 0;
	}
	return -ENOENT;
}
