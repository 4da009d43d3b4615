// SPDX-License-Identifier: GPL-2.0
/*
 * Memory blocks, their zones and nodes. See memory_block.h.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest.h"
#include "memory_block.h"

const char *errname(int err)
{
	return err ? strerror(err < 0 ? -err : err) : "success";
}

long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

void nap(void)
{
	const struct timespec ts = { .tv_nsec = 5 * 1000 * 1000 };

	nanosleep(&ts, NULL);
}

int wait_child(pid_t pid, int *status, int ms)
{
	const long long end = now_ms() + ms;
	pid_t ret;

	for (;;) {
		ret = waitpid(pid, status, WNOHANG);
		if (ret == pid)
			return 0;
		if (ret < 0 && errno != EINTR)
			return -errno;
		if (now_ms() > end)
			return -ETIMEDOUT;
		nap();
	}
}

int attr_read(const char *path, char *buf, size_t size)
{
	ssize_t len;
	int fd, err;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, buf, size - 1);
	err = errno;
	close(fd);
	if (len < 0)
		return -err;

	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return 0;
}

static sigjmp_buf write_expired;

static void expire_write(int sig)
{
	siglongjmp(write_expired, sig);
}

/*
 * A signal makes offline_pages() return, but a write that waits for
 * device_hotplug_lock is restarted after the handler: leave by a jump.
 */
static ssize_t attr_write_within(const char *path, const void *buf, size_t len,
				 int ms)
{
	const struct itimerval limit = {
		.it_value = { ms / 1000, ms % 1000 * 1000 },
	}, off = {};
	const struct sigaction act = { .sa_handler = expire_write };
	struct sigaction old;
	ssize_t ret;
	int fd;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	sigaction(SIGALRM, &act, &old);
	if (sigsetjmp(write_expired, 1)) {
		ret = -ETIMEDOUT;
	} else {
		setitimer(ITIMER_REAL, &limit, NULL);
		ret = write(fd, buf, len);
		if (ret < 0)
			ret = -errno;
	}
	setitimer(ITIMER_REAL, &off, NULL);
	sigaction(SIGALRM, &old, NULL);

	close(fd);
	return ret;
}

int attr_listed(const char *path, int nr)
{
	char list[4096], *pos = list;
	long first, last;
	int err;

	err = attr_read(path, list, sizeof(list));
	if (err)
		return err;

	while (*pos) {
		first = strtol(pos, &pos, 10);
		last = first;
		if (*pos == '-')
			last = strtol(pos + 1, &pos, 10);
		if (nr >= first && nr <= last)
			return 1;
		if (*pos != ',')
			break;
		pos++;
	}
	return *pos ? -EINVAL : 0;
}

ssize_t attr_write(const char *path, const void *buf, size_t len)
{
	return attr_write_within(path, buf, len, WRITE_TIMEOUT_MS);
}

int memory_block_read(unsigned long id, const char *attr, char *buf,
		      size_t size)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/%s", id, attr);
	return attr_read(path, buf, size);
}

int memory_block_write(unsigned long id, const char *attr, const char *value)
{
	char path[PATH_LEN];
	ssize_t ret;

	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/%s", id, attr);
	ret = attr_write(path, value, strlen(value));
	if (ret < 0)
		return ret;
	return ret == (ssize_t)strlen(value) ? 0 : -EIO;
}

int memory_block_try_offline(unsigned long id, int ms)
{
	char path[PATH_LEN], state[ATTR_LEN];
	ssize_t ret;

	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/state", id);
	ret = attr_write_within(path, "offline", strlen("offline"), ms);
	/* The time may be up when the write has just ended. */
	if (ret == -ETIMEDOUT && !attr_read(path, state, sizeof(state)) &&
	    !strcmp(state, "offline"))
		return 0;
	return ret < 0 ? ret : 0;
}

/* Objects that were freed but are kept, as KASAN does, keep their slabs. */
static void shrink_slab_caches(void)
{
	struct dirent *entry;
	char path[PATH_LEN];
	DIR *dir;

	dir = opendir(SYSFS_SLAB);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		/* An alias is a link. */
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), SYSFS_SLAB "/%s/shrink",
			     entry->d_name) < (int)sizeof(path))
			attr_write(path, "1", 1);
	}
	closedir(dir);
}

int memory_block_offline(unsigned long id)
{
	const long long end = now_ms() + RETRY_MS;
	char state[ATTR_LEN];
	int err;

	for (;;) {
		err = memory_block_write(id, "state", "offline");
		/* Refused because it is there already? */
		if (err == -EINVAL &&
		    !memory_block_read(id, "state", state, sizeof(state)) &&
		    !strcmp(state, "offline"))
			return 0;
		if ((err != -EBUSY && err != -EAGAIN) || now_ms() > end)
			return err;
		shrink_slab_caches();
		nap();
	}
}

int memory_block_settle(unsigned long id, const char *type)
{
	int i, err = 0;

	for (i = 0; i < 2 && !err; i++)
		err = memory_block_write(id, "state", type) ?:
		      memory_block_offline(id);
	return err;
}

bool memory_block_node_link(unsigned long id, int node)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/memory%lu/state",
		 node, id);
	return !access(path, F_OK);
}

static int memory_block_node(unsigned long id)
{
	struct dirent *entry;
	char path[PATH_LEN];
	int node = -1;
	DIR *dir;

	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu", id);
	dir = opendir(path);
	if (!dir)
		return -1;
	while (node < 0 && (entry = readdir(dir)))
		if (sscanf(entry->d_name, "node%d", &node) != 1)
			node = -1;
	closedir(dir);
	return node;
}

static int memory_block_get(struct memory_block *block)
{
	char state[ATTR_LEN], zones[ATTR_LEN];
	int err;

	err = memory_block_read(block->id, "state", state, sizeof(state));
	if (err)
		return err;
	err = memory_block_read(block->id, "valid_zones", zones, sizeof(zones));
	if (err)
		return err;

	block->online = strcmp(state, "offline");
	block->zone[0] = '\0';
	if (block->online)
		snprintf(block->zone, sizeof(block->zone), "%.*s",
			 ZONE_LEN - 1, zones);
	return 0;
}

/* Current kernels say 1 if they can take any memory offline at all. */
static bool memory_block_removable(unsigned long id)
{
	char text[ATTR_LEN];

	return !memory_block_read(id, "removable", text, sizeof(text)) &&
	       !strcmp(text, "1");
}

static int by_id(const void *a, const void *b)
{
	const struct memory_block *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

int memory_blocks_read(struct memory_blocks *blocks)
{
	struct memory_block *block;
	char buf[ATTR_LEN];
	struct dirent *entry;
	size_t max = 0;
	int err;
	DIR *dir;

	memset(blocks, 0, sizeof(*blocks));

	err = attr_read(SYSFS_MEMORY "/block_size_bytes", buf, sizeof(buf));
	if (err)
		return err;
	blocks->pages = strtoull(buf, NULL, 16) / sysconf(_SC_PAGESIZE);

	dir = opendir(SYSFS_MEMORY);
	if (!dir)
		return -errno;

	while ((entry = readdir(dir))) {
		unsigned long id;

		if (sscanf(entry->d_name, "memory%lu", &id) != 1)
			continue;

		if (blocks->nr == max) {
			max = max ? 2 * max : 64;
			block = realloc(blocks->block, max * sizeof(*block));
			if (!block) {
				err = -ENOMEM;
				break;
			}
			blocks->block = block;
		}

		block = &blocks->block[blocks->nr];
		memset(block, 0, sizeof(*block));
		block->id = id;
		err = memory_block_get(block);
		if (err == -ENOENT || err == -ENODEV) {
			/* Removed under our feet. */
			err = 0;
			continue;
		}
		if (err)
			break;
		block->node = memory_block_node(id);
		block->candidate = !block->online ||
				   (!strcmp(block->zone, ZONE_MOVABLE) &&
				    memory_block_removable(id));
		blocks->nr++;
	}
	closedir(dir);

	if (!err && !blocks->nr)
		err = -ENOENT;
	if (err) {
		free(blocks->block);
		memset(blocks, 0, sizeof(*blocks));
		return err;
	}

	qsort(blocks->block, blocks->nr, sizeof(*blocks->block), by_id);
	return 0;
}

static bool same_state(const struct memory_block *a,
		       const struct memory_block *b)
{
	return a->online == b->online && !strcmp(a->zone, b->zone);
}

/* Candidates are either offline or in ZONE_MOVABLE. */
static bool memory_block_restore(const struct memory_block *want)
{
	char state[ATTR_LEN] = "?", zones[ATTR_LEN] = "?";
	struct memory_block now = *want;
	const char *step = "read";
	int err;

	err = memory_block_get(&now);
	if (!err && same_state(&now, want))
		return true;

	if (!err && now.online) {
		step = "offline";
		err = memory_block_offline(want->id);
	}
	if (!err && want->online) {
		step = "online_movable";
		err = memory_block_write(want->id, "state", step);
	}
	if (!err)
		err = memory_block_get(&now);
	if (!err && same_state(&now, want))
		return true;

	memory_block_read(want->id, "state", state, sizeof(state));
	memory_block_read(want->id, "valid_zones", zones, sizeof(zones));
	fprintf(stderr, "# memory%lu is not restored: expected %s, got %s (%s) (%s: %s)\n",
		want->id, want->online ? "online (" ZONE_MOVABLE ")" : "offline",
		state, zones, step, err ? strerror(-err) : "no error");
	return false;
}

unsigned int memory_blocks_restore(const struct memory_blocks *blocks)
{
	unsigned int failed = 0;
	size_t i;

	for (i = 0; i < blocks->nr; i++)
		if (blocks->block[i].candidate)
			failed += !memory_block_restore(&blocks->block[i]);
	return failed;
}

int memory_node_read(const struct memory_blocks *blocks, int id,
		     struct memory_node *node)
{
	struct dirent *entry;
	char path[PATH_LEN], cpus[ATTR_LEN];
	DIR *dir;
	int err;

	*node = (struct memory_node){ .id = id, .bare = true };

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/cpulist", id);
	err = attr_read(path, cpus, sizeof(cpus));
	if (err)
		return err;
	node->cpus = cpus[0];

	/* A block may belong to more than one node: ask the node. */
	snprintf(path, sizeof(path), SYSFS_NODE "/node%d", id);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		const struct memory_block *block;
		struct memory_block key;

		if (sscanf(entry->d_name, "memory%lu", &key.id) != 1)
			continue;
		block = bsearch(&key, blocks->block, blocks->nr,
				sizeof(*block), by_id);
		if (block && block->candidate) {
			node->candidates++;
			node->online += block->online;
		} else {
			node->bare = false;
		}
	}
	closedir(dir);
	return 0;
}

int memory_node_find(const struct memory_blocks *blocks, bool bare,
		     struct memory_node *node)
{
	struct memory_node this;
	bool found = false;
	int last = -1;
	size_t i;

	for (i = 0; i < blocks->nr; i++) {
		if (!blocks->block[i].candidate || blocks->block[i].node == last)
			continue;
		last = blocks->block[i].node;
		if (memory_node_read(blocks, last, &this) || this.bare != bare)
			continue;
		if (!found || this.online < node->online ||
		    (this.online == node->online && this.cpus < node->cpus))
			*node = this;
		found = true;
	}
	return found ? 0 : -ENOENT;
}

int memory_node_offline(const struct memory_blocks *blocks, int node,
			unsigned long *id)
{
	const struct memory_block *block;
	int err;

	for (block = blocks->block; block < blocks->block + blocks->nr; block++) {
		if (!block->candidate || block->node != node)
			continue;
		*id = block->id;
		err = memory_block_offline(block->id);
		if (err)
			return err;
	}
	return 0;
}

int memory_node_online(const struct memory_blocks *blocks, int node,
		       unsigned int max, const char *type, unsigned long *id)
{
	const struct memory_block *block;
	int err;

	for (block = blocks->block; block < blocks->block + blocks->nr; block++) {
		if (!block->candidate || block->node != node)
			continue;
		if (!max--)
			break;
		*id = block->id;
		err = memory_block_write(block->id, "state", type);
		if (err)
			return err;
	}
	return 0;
}

int memory_node_listed(const char *mask, int node)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), SYSFS_NODE "/%s", mask);
	return attr_listed(path, node);
}

int memory_node_total(int node, unsigned long *kib)
{
	char path[PATH_LEN], text[4096], *pos;
	int err;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/meminfo", node);
	err = attr_read(path, text, sizeof(text));
	if (err)
		return err;
	pos = strstr(text, "MemTotal:");
	if (!pos || sscanf(pos, "MemTotal: %lu", kib) != 1)
		return -EINVAL;
	return 0;
}

int zone_pages_read(int node, const char *zone, struct zone_pages *pages)
{
	bool here = false, present = false, managed = false, isfree = false;
	char line[ATTR_LEN], name[ZONE_LEN];
	int id;
	FILE *file;

	file = fopen("/proc/zoneinfo", "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d, zone %15s", &id, name) == 2)
			here = id == node && !strcmp(name, zone);
		if (!here)
			continue;
		present |= sscanf(line, " present %lu", &pages->present) == 1;
		managed |= sscanf(line, " managed %lu", &pages->managed) == 1;
		isfree |= sscanf(line, " pages free %lu", &pages->free) == 1;
	}
	fclose(file);
	return present && managed && isfree ? 0 : -ENOENT;
}
