// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that a pseries gets from its hypervisor. See dlpar.h.
 */

#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dlpar.h"

/*
 * Since the kernel changes this when memory comes or goes, it is read anew each
 * time. It begins with the number of sets, which are packed.
 */
#define DYNAMIC_MEMORY	"/proc/device-tree/ibm,dynamic-reconfiguration-memory/" \
			"ibm,dynamic-memory-v2"
#define MAX_SETS	256

/* A set is of memory blocks that follow each other, all of the same kind. */
enum {
	SET_NR,		/* of blocks */
	SET_ADDR_HIGH,
	SET_ADDR_LOW,
	SET_INDEX,
	SET_PLACE,
	SET_FLAGS,
	SET_WORDS,
};

struct dynamic_memory {
	uint32_t nr;
	uint32_t set[MAX_SETS][SET_WORDS];
};

static int dynamic_memory_read(struct dynamic_memory *memory)
{
	ssize_t len;
	int fd;

	fd = open(DYNAMIC_MEMORY, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, memory, sizeof(*memory));
	close(fd);
	if (len < (ssize_t)sizeof(memory->nr))
		return -EIO;
	memory->nr = be32toh(memory->nr);
	if ((size_t)len < sizeof(memory->nr) + memory->nr * sizeof(memory->set[0]))
		return -E2BIG;
	return 0;
}

int dlpar_index(const struct memory_blocks *blocks, unsigned long id,
		unsigned int *index)
{
	const unsigned long long bytes = blocks->pages * sysconf(_SC_PAGESIZE);
	static struct dynamic_memory memory;
	unsigned int i;
	int err;

	err = dynamic_memory_read(&memory);
	if (err)
		return err;
	for (i = 0; i < memory.nr; i++) {
		const uint32_t *set = memory.set[i];
		const uint64_t addr = (uint64_t)be32toh(set[SET_ADDR_HIGH]) << 32 |
				      be32toh(set[SET_ADDR_LOW]);
		const unsigned long first = addr / bytes;

		if (id >= first && id < first + be32toh(set[SET_NR])) {
			*index = be32toh(set[SET_INDEX]) + (id - first);
			return 0;
		}
	}
	return -ENOENT;
}

int dlpar_write(const char *fmt, ...)
{
	char text[80];
	va_list args;
	ssize_t ret;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ret = attr_write(DLPAR, text, strlen(text));
	return ret < 0 ? ret : 0;
}

int dlpar_wait(const struct host_device *dimm, struct block_range *range)
{
	unsigned long id;
	int err = 0;

	*range = block_range_of(dimm->addr, dimm->size);
	for (id = range->first; id < range->first + range->nr && !err; id++)
		err = block_state_wait(id, "online");
	return err;
}
