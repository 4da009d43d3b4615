/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Slab caches of one's own, with the help of CONFIG_MEMHP_CACHE. A cache goes
 * with the process that has it.
 *
 * None of the helpers asserts: each returns 0 or a negative errno.
 */

#ifndef SLAB_CACHE_H
#define SLAB_CACHE_H

#include <stdbool.h>

#include "../kselftest.h"
#include "slab_files.h"

#define SLAB_CACHE_FILE	"/sys/kernel/debug/memhp-cache"

/**
 * struct slab_cache - a cache
 * @fd:		how it is driven, 0 if it is not open
 * @name:	in SYSFS_SLAB
 */
struct slab_cache {
	int fd;
	char name[32];
};

/**
 * slab_cache_open() - get a name for a cache
 * @cache:	the result, there is no such cache yet
 *
 * Return: 0, or a negative errno.
 */
int slab_cache_open(struct slab_cache *cache);

/**
 * slab_cache_close() - free all objects, destroy the cache if there is one
 * @cache:	the cache, open or not
 */
void slab_cache_close(struct slab_cache *cache);

/**
 * slab_cache_do() - have it do something
 * @cache:	the cache
 * @fmt:	one of the commands in lib/kunit/memhp_cache.c, as for printf()
 *
 * Return: 0, or a negative errno.
 */
int __printf(2, 3)
slab_cache_do(const struct slab_cache *cache, const char *fmt, ...);

/**
 * slab_cache_create() - create the cache
 * @cache:	the cache
 * @debug:	with all that SLUB can check
 *
 * Its objects have SLAB_CACHE_SIZE bytes.
 *
 * Return: 0, or a negative errno.
 */
int slab_cache_create(const struct slab_cache *cache, bool debug);

#define SLAB_CACHE_SIZE	512

/**
 * slab_cache_objects() - where the objects are that were allocated
 * @cache:	the cache
 * @node:	whose share goes to @count's on_node
 * @count:	the result
 *
 * Return: 0, or a negative errno.
 */
int slab_cache_objects(const struct slab_cache *cache, int node,
		       struct slab_count *count);

/**
 * slab_cache_read() - what slab says about the cache
 * @cache:	the cache
 * @attr:	"objects", "total_objects", "slabs", ...
 * @node:	whose share goes to @count's on_node
 * @count:	the result
 *
 * Return: 0, or a negative errno.
 */
int slab_cache_read(const struct slab_cache *cache, const char *attr, int node,
		    struct slab_count *count);

/**
 * slab_cache_write() - write to one of the cache's attributes
 * @cache:	the cache
 * @attr:	"shrink", "validate", ...
 * @value:	what to write
 *
 * Return: 0, or a negative errno.
 */
int slab_cache_write(const struct slab_cache *cache, const char *attr,
		     const char *value);

/**
 * slab_cache_traced() - how many objects slab knows an allocation of
 * @cache:	the cache, created with debug
 * @nr:		the result
 *
 * Return: 0, or a negative errno.
 */
int slab_cache_traced(const struct slab_cache *cache, unsigned long *nr);

/**
 * slab_cache_reconcile() - compare what slab says with what was allocated
 * @cache:	the cache, used by nobody else
 * @node:	a node that is looked at separately
 *
 * Shrinks the cache first, which makes slab's numbers exact. Says on stderr
 * what does not agree.
 *
 * Return: 0, or -EBADMSG, or another negative errno.
 */
int slab_cache_reconcile(const struct slab_cache *cache, int node);

#endif /* SLAB_CACHE_H */
