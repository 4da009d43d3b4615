/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel tells udev.
 */

#ifndef UEVENT_H
#define UEVENT_H

#include "memory_block.h"

/**
 * struct uevent - one event
 * @header:	"ACTION@DEVPATH"
 * @action:	ACTION=
 * @devpath:	DEVPATH=
 * @subsystem:	SUBSYSTEM=
 * @synth:	SYNTH_UUID=, "" if the kernel made the event of itself
 * @seqnum:	SEQNUM=, 0 if there is none
 * @repeated:	keys that it has more than once
 */
struct uevent {
	char header[PATH_LEN];
	char action[ATTR_LEN];
	char devpath[PATH_LEN];
	char subsystem[ATTR_LEN];
	char synth[ATTR_LEN];
	unsigned long long seqnum;
	unsigned int repeated;
};

/**
 * uevent_open() - listen from now on
 *
 * Return: a socket, or a negative errno.
 */
int uevent_open(void);

/**
 * uevent_next() - the next event about a device
 * @fd:		the socket
 * @devpath:	the device; events about others are passed over
 * @event:	the result
 *
 * Does not wait: the kernel has queued its events when a write to sysfs
 * returns.
 *
 * Return: 1, 0 if there is none, or a negative errno: -ENOBUFS when events
 * were lost.
 */
int uevent_next(int fd, const char *devpath, struct uevent *event);

#endif /* UEVENT_H */
