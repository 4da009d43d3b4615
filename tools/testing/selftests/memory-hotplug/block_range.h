/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory blocks of one device: a range that comes and goes as a whole.
 */

#ifndef BLOCK_RANGE_H
#define BLOCK_RANGE_H

#include <stdbool.h>

/**
 * struct block_range - consecutive memory blocks
 * @first:	the first one
 * @nr:		number of them
 * @bytes:	in each
 */
struct block_range {
	unsigned long first;
	unsigned int nr;
	unsigned long long bytes;
};

/**
 * block_bytes() - size of a memory block
 *
 * Return: its bytes, 0 if that cannot be read.
 */
unsigned long long block_bytes(void);

/**
 * block_range_of() - the blocks of a range of physical addresses
 * @addr:	its beginning
 * @size:	its bytes
 */
struct block_range block_range_of(unsigned long long addr,
				  unsigned long long size);

/**
 * block_range_within() - the blocks that have nothing but a range of physical
 * addresses
 * @addr:	its beginning
 * @size:	its bytes
 */
struct block_range block_range_within(unsigned long long addr,
				      unsigned long long size);

/**
 * block_here() - whether a block exists
 * @id:		the block
 */
bool block_here(unsigned long id);

/**
 * block_range_here() - how many of the blocks exist
 * @range:	the blocks
 */
unsigned int block_range_here(const struct block_range *range);

/**
 * block_range_wait() - wait for blocks to come or to go
 * @range:	the blocks
 * @nr:		how many of them shall exist
 *
 * Return: 0, or -ETIMEDOUT after WRITE_TIMEOUT_MS.
 */
int block_range_wait(const struct block_range *range, unsigned int nr);

/**
 * block_state_wait() - wait for a block to be in a state
 * @id:		the block
 * @state:	"online", "going-offline", ...
 *
 * Return: 0, or -ETIMEDOUT after WRITE_TIMEOUT_MS.
 */
int block_state_wait(unsigned long id, const char *state);

/**
 * block_file() - whether a block's directory has a file
 * @id:		the block
 * @file:	its name
 */
bool block_file(unsigned long id, const char *file);

/**
 * block_node_entry() - whether a node's directory has an entry for a block
 * @id:		the block
 * @node:	the node
 *
 * Unlike memory_block_node_link(), also if that leads nowhere.
 */
bool block_node_entry(unsigned long id, int node);

/**
 * block_zone() - the zone that a block is in, or would go to by default
 * @id:		the block
 * @zone:	ZONE_LEN bytes for the first word of valid_zones
 *
 * Return: 0, or a negative errno.
 */
int block_zone(unsigned long id, char *zone);

/**
 * iomem_find() - what /proc/iomem says of a range of physical addresses
 * @range:	the range
 * @name:	the resource that the range must be a part of
 */
bool iomem_find(const struct block_range *range, const char *name);

/**
 * iomem_count() - how many resources of /proc/iomem have to do with a range
 * @range:	the range
 *
 * Return: that number, or a negative errno.
 */
int iomem_count(const struct block_range *range);

/**
 * firmware_map_find() - whether /sys/firmware/memmap has exactly a range
 * @range:	the range
 * @type:	"System RAM", ...
 */
bool firmware_map_find(const struct block_range *range, const char *type);

/**
 * block_range_hidden() - find a block of RAM that the kernel does not use
 * @range:	the result: it is in the firmware map, but not in /proc/iomem.
 *		Booted with "mem=", the kernel leaves out what is above.
 *
 * Return: whether there is one.
 */
bool block_range_hidden(struct block_range *range);

#endif /* BLOCK_RANGE_H */
