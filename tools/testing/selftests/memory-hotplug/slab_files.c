// SPDX-License-Identifier: GPL-2.0
/*
 * The files in which slab reports its state. See slab_files.h.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slab_files.h"

static const char *const proc_files[SLAB_PROC_FILES] = {
	"/proc/slabinfo",
	"/proc/zoneinfo",
};

/* Adds a file if it may be read. */
static int add_file(struct slab_files *files, const char *path,
		    struct progress *progress)
{
	struct slab_file *file;
	struct stat st;

	if (progress) {
		progress_begin(progress, "%s", path);
		progress_step(progress);
	}
	if (stat(path, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0444))
		return 0;

	file = realloc(files->file, (files->nr + 1) * sizeof(*file));
	if (!file)
		return -ENOMEM;
	files->file = file;
	file += files->nr++;
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->fd = -1;
	return 0;
}

static int add_cache(struct slab_files *files, const char *top,
		     const char *name, struct progress *progress)
{
	char path[PATH_LEN];
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	if (snprintf(path, sizeof(path), "%s/%s", top, name) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!err && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), "%s/%s/%s", top, name,
			     entry->d_name) >= (int)sizeof(path))
			continue;
		err = add_file(files, path, progress);
	}
	closedir(dir);
	return err;
}

/* Not twice through an alias, which is a link. */
static int add_caches(struct slab_files *files, const char *top,
		      struct progress *progress)
{
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	if (progress)
		progress_begin(progress, "%s", top);
	dir = opendir(top);
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			err = add_cache(files, top, entry->d_name, progress);
	closedir(dir);
	return err;
}

int slab_files_find(struct slab_files *files, struct progress *progress)
{
	size_t i;
	int err;

	memset(files, 0, sizeof(*files));
	err = add_caches(files, SYSFS_SLAB, progress);
	/* Only with CONFIG_SLUB_DEBUG, and empty unless booted with slab_debug=U. */
	if (!err && !access(DEBUGFS_SLAB, R_OK))
		err = add_caches(files, DEBUGFS_SLAB, progress);
	for (i = 0; !err && i < ARRAY_LEN(proc_files); i++)
		err = add_file(files, proc_files[i], progress);
	return err;
}

void slab_files_free(struct slab_files *files)
{
	size_t i;

	for (i = 0; i < files->nr; i++)
		if (files->file[i].fd >= 0)
			close(files->file[i].fd);
	free(files->file);
	memset(files, 0, sizeof(*files));
}

bool slab_file_gone(int err)
{
	return err == -ENOENT || err == -ENODEV;
}

bool slab_count_parse(const char *text, int node, struct slab_count *count)
{
	char *pos;
	long id;

	memset(count, 0, sizeof(*count));
	count->total = strtoul(text, &pos, 10);
	if (pos == text)
		return false;
	while (pos[0] == ' ' && pos[1] == 'N') {
		unsigned long nr;

		id = strtol(pos + 2, &pos, 10);
		if (*pos != '=')
			return false;
		nr = strtoul(pos + 1, &pos, 10);
		count->sum += nr;
		if (id == node)
			count->on_node += nr;
	}
	return !*pos || *pos == '\n';
}

/* Keeps all files open. */
static int open_all(struct slab_files *files, struct progress *progress)
{
	const rlim_t nr = files->nr + 64;
	struct rlimit limit;
	size_t i;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < nr) {
		limit.rlim_cur = nr;
		if (limit.rlim_max < nr)
			limit.rlim_max = nr;
		if (setrlimit(RLIMIT_NOFILE, &limit))
			return -errno;
	}

	for (i = 0; i < files->nr; i++) {
		progress_begin(progress, "%s", files->file[i].path);
		files->file[i].fd = open(files->file[i].path,
					 O_RDONLY | O_CLOEXEC);
		if (files->file[i].fd < 0 && !slab_file_gone(-errno))
			return -errno;
		progress_step(progress);
	}
	return 0;
}

/*
 * What a read of an open file failed with: -ENODEV if the file is gone. Of those
 * that are removed while they are open, debugfs says EIO, as of any other trouble.
 */
static int read_error(int fd)
{
	const int err = errno;
	struct stat st;

	if (err == EIO && !fstat(fd, &st) && !st.st_nlink)
		return -ENODEV;
	return -err;
}

/* From the beginning to the end. */
static int read_all(int fd)
{
	char buf[16384];
	ssize_t len;
	off_t pos = 0;

	do {
		len = pread(fd, buf, sizeof(buf), pos);
		if (len < 0)
			return read_error(fd);
		pos += len;
	} while (len);
	return 0;
}

int slab_read_once(struct progress *progress, void *arg)
{
	struct slab_files files;
	size_t i;
	int fd, err;

	(void)arg;
	err = slab_files_find(&files, progress);
	for (i = 0; !err && i < files.nr && !progress_stop(progress); i++) {
		progress_begin(progress, "%s", files.file[i].path);
		fd = open(files.file[i].path, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			err = -errno;
		} else {
			err = read_all(fd);
			close(fd);
		}
		if (slab_file_gone(err))
			err = 0;
		progress_step(progress);
	}
	if (!err)
		progress_round(progress);
	slab_files_free(&files);
	return err;
}

int slab_read_anew(struct progress *progress, void *arg)
{
	int err = 0;

	while (!err && !progress_stop(progress))
		err = slab_read_once(progress, arg);
	return err;
}

int slab_read_on(struct progress *progress, void *arg)
{
	struct slab_files files;
	size_t i;
	int err;

	(void)arg;
	err = slab_files_find(&files, progress);
	if (!err)
		err = open_all(&files, progress);
	while (!err) {
		for (i = 0; !err && i < files.nr; i++) {
			if (progress_stop(progress))
				goto out;
			if (files.file[i].fd < 0)
				continue;
			progress_begin(progress, "%s", files.file[i].path);
			err = read_all(files.file[i].fd);
			if (slab_file_gone(err))
				err = 0;
			progress_step(progress);
		}
		if (!err)
			progress_round(progress);
	}
out:
	slab_files_free(&files);
	return err;
}
