/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asks whoever runs this guest to plug, unplug or resize memory, through a
 * virtio-serial port. The protocol is described in
 * Documentation/admin-guide/mm/memory-hotplug-testing.rst.
 */

#ifndef HOST_PORT_H
#define HOST_PORT_H

#include <stdbool.h>
#include <stddef.h>

#include "../kselftest.h"

/* Longer than the host waits for the guest to give up memory. */
#define HOST_TIMEOUT_MS	90000

#define HOST_LINE	4096
#define HOST_ID		32
#define HOST_DEVICES	16

/**
 * struct host_port - an open port
 * @fd:		its file, -1 if it is not open
 * @tag:	what the next answer must begin with
 * @answer:	the last answer: the words after "ok", or why not
 */
struct host_port {
	int fd;
	unsigned int tag;
	char answer[HOST_LINE];
};

/**
 * struct host_device - a memory device, as the host sees it
 * @dimm:	it is a pc-dimm, else a virtio-mem device
 * @id:		its name
 * @node:	the node it belongs to
 * @size:	bytes that it has plugged
 * @addr:	where it begins
 * @requested:	of a virtio-mem device: what it is asked to plug
 * @max:	of a virtio-mem device: what it can plug
 */
struct host_device {
	bool dimm;
	char id[HOST_ID];
	int node;
	unsigned long long size;
	unsigned long long addr;
	unsigned long long requested;
	unsigned long long max;
};

/**
 * host_port_open() - open the port, and have the host put all devices back
 * @port:	the result
 * @reason:	why there is none
 *
 * What an earlier test has left is put back, so that each begins the same way.
 *
 * Return: 0, -ENODEV if the machine has no such port, or another negative
 * errno.
 */
int host_port_open(struct host_port *port, const char **reason);

/**
 * host_port_close() - have the host put all devices back, and close the port
 * @port:	the port, may be closed already
 *
 * Waits until the blocks of a virtio-mem device without memory have gone.
 *
 * Return: 0, or a negative errno: something could not be put back.
 */
int host_port_close(struct host_port *port);

/**
 * host_send() - begin a request
 * @port:	the port
 * @request:	the request, a format
 *
 * Return: 0, or a negative errno.
 */
__printf(2, 3) int host_send(struct host_port *port, const char *request, ...);

/**
 * host_answer() - wait for the end of a request
 * @port:	the port; its answer says more
 *
 * Return: 0, -EREMOTEIO if the host could not do it, -ETIMEDOUT, or another
 * negative errno.
 */
int host_answer(struct host_port *port);

/**
 * host_plug_dimm() - plug a pc-dimm
 * @port:	the port
 * @node:	the node
 * @size:	bytes
 * @dimm:	the new device, as in host_devices()
 *
 * Return: 0 when it is plugged, which the guest may not have noticed yet, or a
 * negative errno, as host_answer().
 */
int host_plug_dimm(struct host_port *port, int node, unsigned long long size,
		   struct host_device *dimm);

/**
 * host_unplug_dimm() - unplug a pc-dimm
 * @port:	the port
 * @id:		the device
 *
 * Return: 0 when it is gone, or a negative errno, as host_answer(). When the
 * guest has refused, the answer says so.
 */
int host_unplug_dimm(struct host_port *port, const char *id);

/**
 * host_resize() - ask the guest to resize a virtio-mem device
 * @port:	the port
 * @id:		the device
 * @size:	bytes
 *
 * Return: 0 when it is asked, or a negative errno, as host_answer().
 */
int host_resize(struct host_port *port, const char *id,
		unsigned long long size);

/**
 * host_devices() - list the devices
 * @port:	the port
 * @devices:	the result
 *
 * Return: the number of devices, or a negative errno.
 */
int host_devices(struct host_port *port,
		 struct host_device devices[HOST_DEVICES]);

/**
 * host_device_find() - look at one device
 * @port:	the port
 * @id:		its name
 * @device:	the result
 *
 * Return: 0, -ENOENT, or another negative errno.
 */
int host_device_find(struct host_port *port, const char *id,
		     struct host_device *device);

#endif /* HOST_PORT_H */
