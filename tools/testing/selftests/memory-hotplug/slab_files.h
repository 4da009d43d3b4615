/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files in which slab reports its state.
 *
 * None of the helpers asserts: each returns 0 or a negative errno.
 */

#ifndef SLAB_FILES_H
#define SLAB_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "memory_block.h"
#include "worker.h"

/**
 * struct slab_file - a file whose state slab reports, or that reports on all
 * memory
 * @path:	the file
 * @fd:		open, or -1
 */
struct slab_file {
	char path[PATH_LEN];
	int fd;
};

/**
 * struct slab_files - every readable file of every cache, and those in /proc
 * @file:	array of them
 * @nr:		size of the array
 */
struct slab_files {
	struct slab_file *file;
	size_t nr;
};

/**
 * struct slab_count - what "TOTAL N0=x N1=y" says
 * @total:	of the cache
 * @sum:	of what the nodes have
 * @on_node:	what one node has
 */
struct slab_count {
	unsigned long total;
	unsigned long sum;
	unsigned long on_node;
};

/**
 * slab_files_find() - find all files
 * @files:	the result, to be freed by slab_files_free()
 * @progress:	where each file is a step, or NULL
 *
 * Return: 0, or a negative errno.
 */
int slab_files_find(struct slab_files *files, struct progress *progress);

/**
 * slab_files_free() - the counterpart
 * @files:	no longer used
 */
void slab_files_free(struct slab_files *files);

/**
 * slab_file_gone() - whether an error says that the cache was destroyed
 * @err:	a negative errno
 *
 * That may happen at any time, and the cache's files go with it.
 */
bool slab_file_gone(int err);

/**
 * slab_count_parse() - parse what a cache says about its nodes
 * @text:	"TOTAL N0=x N1=y ...", nodes without any are left out
 * @node:	whose share goes to @count's on_node
 * @count:	the result
 *
 * Return: false if the text is nothing like that.
 */
bool slab_count_parse(const char *text, int node, struct slab_count *count);

/**
 * slab_read_once() - a worker that opens, reads and closes all files
 * @progress:	its own; each file is a step, all of them are a round
 * @arg:	unused
 *
 * Return: 0, or a negative errno.
 */
int slab_read_once(struct progress *progress, void *arg);

/**
 * slab_read_anew() - the same, again and again until it is stopped
 * @progress:	its own; each file is a step, all of them are a round
 * @arg:	unused
 *
 * Return: 0, or a negative errno.
 */
int slab_read_anew(struct progress *progress, void *arg);

/**
 * slab_read_on() - a worker that reads all files through descriptors that it
 * keeps, until it is stopped
 * @progress:	its own; each file is a step, all of them are a round
 * @arg:	unused
 *
 * Return: 0, or a negative errno.
 */
int slab_read_on(struct progress *progress, void *arg);

#define DEBUGFS_SLAB		"/sys/kernel/debug/slab"

/* Files in /proc that slab_files_find() adds, where they exist. */
#define SLAB_PROC_FILES		2

#endif /* SLAB_FILES_H */
