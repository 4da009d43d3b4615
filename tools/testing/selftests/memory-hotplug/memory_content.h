/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of every kind that user space can have, with a pattern in it: put on
 * a node, checked word by word, and looked up by physical memory block.
 *
 * A page of content has a generation: all its words follow from that, from the
 * content's seed and from where they are. So a page that was lost, replaced by
 * another one or by its own past shows.
 *
 * None of the helpers asserts: each returns 0 or a negative errno.
 */

#ifndef MEMORY_CONTENT_H
#define MEMORY_CONTENT_H

#include <stddef.h>
#include <stdint.h>

/* Bits of /proc/kpageflags. */
#define KPAGE_HUGE	17
#define KPAGE_THP	22

/* A huge page. */
#define CONTENT_UNIT	(2UL << 20)

/**
 * enum memory_kind - what a content is made of
 * @MEMORY_ANON:	anonymous
 * @MEMORY_MLOCKED:	anonymous, locked
 * @MEMORY_THP:		anonymous, transparent huge pages
 * @MEMORY_SHMEM:	shared anonymous
 * @MEMORY_MEMFD:	a memfd, mapped
 * @MEMORY_TMPFS:	a file on a tmpfs that nobody else sees, mapped
 * @MEMORY_FILE:	the page cache of a file in the current directory, used
 *			by read and write
 * @MEMORY_HUGETLB:	huge pages of CONTENT_UNIT
 */
enum memory_kind {
	MEMORY_ANON,
	MEMORY_MLOCKED,
	MEMORY_THP,
	MEMORY_SHMEM,
	MEMORY_MEMFD,
	MEMORY_TMPFS,
	MEMORY_FILE,
	MEMORY_HUGETLB,
};

/**
 * struct memory_content - memory with a pattern in it
 * @kind:	what it is made of
 * @size:	in bytes
 * @seed:	what makes its pattern different from others
 * @map:	where it is mapped, NULL if it is a file that is not
 * @fd:		the file, or -1
 */
struct memory_content {
	enum memory_kind kind;
	size_t size;
	uint32_t seed;
	void *map;
	int fd;
};

/**
 * struct memory_damage - a word that is not what it should be
 * @offset:	where in the content
 * @expected:	the word that was written
 * @found:	the word that is there
 */
struct memory_damage {
	size_t offset;
	uint64_t expected;
	uint64_t found;
};

/**
 * memory_policy_bind() - have the calling process allocate from one node
 * @node:	the node, -1 for no policy
 *
 * Waits for the node to be known to cpusets: some kernels tell them about it
 * only after the write that put its memory online has returned.
 *
 * Return: 0, or a negative errno.
 */
int memory_policy_bind(int node);

/**
 * memory_content_create() - allocate on a node and write generation 0
 * @content:	the result; what it shares with a later child stays shared
 * @kind:	what to make it of
 * @size:	multiple of the page size, of CONTENT_UNIT for huge pages
 * @seed:	for the pattern
 * @node:	the node
 *
 * Return: 0, -EOPNOTSUPP if the machine has no such memory, or another
 * negative errno.
 */
int memory_content_create(struct memory_content *content, enum memory_kind kind,
			  size_t size, uint32_t seed, int node);

/**
 * memory_content_destroy() - free it
 * @content:	may have failed to be created
 */
void memory_content_destroy(struct memory_content *content);

/**
 * memory_content_check() - read every word
 * @content:	of the same generation everywhere
 * @generation:	that generation
 * @damage:	the first word that is wrong
 *
 * Return: 0, -EIO with @damage, or another negative errno.
 */
int memory_content_check(const struct memory_content *content,
			 uint32_t generation, struct memory_damage *damage);

/**
 * memory_content_renew() - write the next generation, page by page
 * @content:	of the same generation everywhere
 * @generation:	that generation
 * @damage:	the first word that was wrong before or after its page was
 *		written
 *
 * Return: 0, -EIO with @damage, or another negative errno.
 */
int memory_content_renew(const struct memory_content *content,
			 uint32_t generation, struct memory_damage *damage);

/**
 * memory_content_move() - migrate it to a node
 * @content:	anywhere
 * @node:	the node
 *
 * Return: 0, or a negative errno; -EBUSY if a page stayed in use.
 */
int memory_content_move(const struct memory_content *content, int node);

/**
 * memory_content_in_block() - how much of it is in a memory block
 * @content:	faulted in
 * @id:		the block
 * @block_pages: pages in a block
 * @pages:	the result, in base pages
 *
 * Return: 0, or a negative errno.
 */
int memory_content_in_block(const struct memory_content *content,
			    unsigned long id, unsigned long block_pages,
			    unsigned long *pages);

/**
 * memory_content_flagged() - how many of its pages have a flag
 * @content:	faulted in
 * @bit:	KPAGE_HUGE or KPAGE_THP
 * @pages:	the result, in base pages
 *
 * Return: 0, or a negative errno.
 */
int memory_content_flagged(const struct memory_content *content, int bit,
			   unsigned long *pages);

/**
 * memory_content_pages() - its size in base pages
 * @content:	the content
 */
unsigned long memory_content_pages(const struct memory_content *content);

#endif /* MEMORY_CONTENT_H */
