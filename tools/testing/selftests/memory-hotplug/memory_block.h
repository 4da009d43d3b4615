/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory blocks, their zones and nodes, as sysfs and procfs show them.
 *
 * None of the helpers asserts: each returns 0 or a negative errno, so that the
 * test can say what it was doing.
 */

#ifndef MEMORY_BLOCK_H
#define MEMORY_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SYSFS_MEMORY	"/sys/devices/system/memory"
#define SYSFS_NODE	"/sys/devices/system/node"
#define SYSFS_SLAB	"/sys/kernel/slab"

#define ZONE_MOVABLE	"Movable"

#define ATTR_LEN	256
#define ZONE_LEN	16
#define PATH_LEN	256

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * How long one write to sysfs may take before it is interrupted: the kernel
 * retries an offline for ever.
 */
#define WRITE_TIMEOUT_MS	20000

/* How long what failed with EBUSY is tried again. */
#define RETRY_MS		5000

/**
 * struct memory_block - one memory block when the program started
 * @id:		the M of memoryM
 * @node:	the node it belongs to
 * @online:	whether it was online
 * @candidate:	whether a test may change it: it was offline, or it was online
 *		in ZONE_MOVABLE and removable. All other blocks hold kernel
 *		memory. memory_limit() spares some of them.
 * @zone:	the zone that it was in, "" if it was offline
 */
struct memory_block {
	unsigned long id;
	int node;
	bool online;
	bool candidate;
	char zone[ZONE_LEN];
};

/**
 * struct memory_blocks - all memory blocks of the machine
 * @block:	sorted by @id
 * @nr:		number of them
 * @pages:	pages in a block
 */
struct memory_blocks {
	struct memory_block *block;
	size_t nr;
	unsigned long pages;
};

/**
 * struct memory_node - what a node consisted of when the program started
 * @id:		the N of nodeN
 * @bare:	all its memory blocks are candidates: it has no boot memory
 * @cpus:	it has CPUs
 * @candidates:	number of its candidate blocks
 * @online:	number of those that were online
 */
struct memory_node {
	int id;
	bool bare;
	bool cpus;
	unsigned int candidates;
	unsigned int online;
};

/**
 * struct zone_pages - a zone's counters in /proc/zoneinfo, in pages
 * @present:	pages that exist
 * @managed:	pages handed to the page allocator
 * @free:	pages free to be allocated; isolated pages are not
 */
struct zone_pages {
	unsigned long present;
	unsigned long managed;
	unsigned long free;
};

/**
 * attr_read() - read a small file
 * @path:	the file
 * @buf:	its content, without the final newline
 * @size:	size of @buf
 *
 * Return: 0, or a negative errno.
 */
int attr_read(const char *path, char *buf, size_t size);

/**
 * attr_write() - write to a file, in one piece
 * @path:	the file
 * @buf:	what to write
 * @len:	how much of it
 *
 * The write is interrupted after WRITE_TIMEOUT_MS. Uses SIGALRM.
 *
 * Return: the number of bytes that the kernel took, -ETIMEDOUT, or another
 * negative errno.
 */
ssize_t attr_write(const char *path, const void *buf, size_t len);

/**
 * attr_listed() - whether a number is in a list like "0-2,4"
 * @path:	the file with the list
 * @nr:		the number
 *
 * Return: 1 or 0, or a negative errno.
 */
int attr_listed(const char *path, int nr);

/**
 * memory_block_read() - read an attribute of a block
 * @id:		the block
 * @attr:	"state", "valid_zones", ...
 * @buf:	its value
 * @size:	size of @buf
 *
 * Return: 0, or a negative errno.
 */
int memory_block_read(unsigned long id, const char *attr, char *buf,
		      size_t size);

/**
 * memory_block_write() - write an attribute of a block
 * @id:		the block
 * @attr:	"state" or "online"
 * @value:	what to write, see attr_write()
 *
 * Return: 0, -EIO if the kernel took only a part of it, or another negative errno.
 */
int memory_block_write(unsigned long id, const char *attr, const char *value);

/**
 * memory_block_try_offline() - try once to take a block offline
 * @id:		the block
 * @ms:		how long, see attr_write()
 *
 * Return: 0 when it is offline, -ETIMEDOUT, or another negative errno.
 */
int memory_block_try_offline(unsigned long id, int ms);

/**
 * memory_block_offline() - take a block offline
 * @id:		the block
 *
 * Repeats what failed with EBUSY or EAGAIN, which may be transient, for
 * RETRY_MS, and shrinks the slab caches before.
 *
 * Return: 0 when it is offline, or a negative errno.
 */
int memory_block_offline(unsigned long id);

/**
 * memory_block_settle() - have what hotplug calculates become what it stays
 * @id:		the block, offline
 * @type:	how it goes online
 *
 * What hotplug calculates depends on what was before: from the watermarks comes
 * vm.min_free_kbytes, and from that the watermarks, each time rounded. If this was
 * done, then the same again makes no difference, and another type may make one.
 *
 * Return: 0 when the block has been online twice and is offline, or a negative
 * errno.
 */
int memory_block_settle(unsigned long id, const char *type);

/**
 * memory_block_node_link() - whether a node's directory lists a block
 * @id:		the block
 * @node:	the node
 */
bool memory_block_node_link(unsigned long id, int node);

/**
 * memory_blocks_read() - take a snapshot
 * @blocks:	all blocks of the machine
 *
 * Return: 0, or a negative errno.
 */
int memory_blocks_read(struct memory_blocks *blocks);

/**
 * memory_blocks_restore() - put all candidate blocks back
 * @blocks:	to the state and the zone that this says
 *
 * Blocks that have not changed are not touched. Says on stderr which ones
 * could not be put back.
 *
 * Return: how many those are.
 */
unsigned int memory_blocks_restore(const struct memory_blocks *blocks);

/**
 * memory_node_read() - what a node consists of
 * @blocks:	all blocks of the machine
 * @id:		the node
 * @node:	the result
 *
 * Return: 0, or a negative errno.
 */
int memory_node_read(const struct memory_blocks *blocks, int id,
		     struct memory_node *node);

/**
 * memory_node_find() - find a node that has candidate blocks
 * @blocks:	all blocks of the machine
 * @bare:	true: without boot memory, false: with
 * @node:	the result: the one with the fewest online candidates and,
 *		among these, one without CPUs if there is one
 *
 * Return: 0, or -ENOENT.
 */
int memory_node_find(const struct memory_blocks *blocks, bool bare,
		     struct memory_node *node);

/**
 * memory_node_offline() - take all candidate blocks of a node offline
 * @blocks:	all blocks of the machine
 * @node:	the node
 * @id:		the block that an error is about
 *
 * Return: 0, or a negative errno.
 */
int memory_node_offline(const struct memory_blocks *blocks, int node,
			unsigned long *id);

/**
 * memory_node_online() - put candidate blocks of a node online
 * @blocks:	all blocks of the machine, all candidates of @node offline
 * @node:	the node
 * @max:	how many blocks at most: a machine may have plenty in reserve
 * @type:	"online_movable", ...
 * @id:		the block that an error is about
 *
 * Return: 0, or a negative errno.
 */
int memory_node_online(const struct memory_blocks *blocks, int node,
		       unsigned int max, const char *type, unsigned long *id);

/**
 * memory_node_listed() - whether a node is in a node mask
 * @mask:	"has_memory", "has_normal_memory", "online", ...
 * @node:	the node
 *
 * Return: 1 or 0, or a negative errno.
 */
int memory_node_listed(const char *mask, int node);

/**
 * memory_node_total() - a node's MemTotal
 * @node:	the node
 * @kib:	the result, in KiB
 *
 * Return: 0, or a negative errno.
 */
int memory_node_total(int node, unsigned long *kib);

/**
 * zone_pages_read() - read a zone's counters
 * @node:	the node
 * @zone:	name of the zone
 * @pages:	the result
 *
 * Return: 0, or a negative errno.
 */
int zone_pages_read(int node, const char *zone, struct zone_pages *pages);

/**
 * errname() - an error in words, for messages
 * @err:	an errno, negative or not
 */
const char *errname(int err);

/**
 * now_ms() - a monotonic clock
 */
long long now_ms(void);

/**
 * nap() - the interval at which conditions are polled
 */
void nap(void);

/**
 * wait_child() - wait for a child, but not for ever
 * @pid:	the child
 * @status:	as waitpid() gives it
 * @ms:		how long
 *
 * Return: 0, -ETIMEDOUT, or another negative errno.
 */
int wait_child(pid_t pid, int *status, int ms);

#endif /* MEMORY_BLOCK_H */
