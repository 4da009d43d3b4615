// SPDX-License-Identifier: GPL-2.0
/*
 * All that memory hotplug has to put back. See memory_snapshot.h.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel_version.h"
#include "memory_block.h"
#include "memory_snapshot.h"
#include "node_mem.h"

#define ZONELISTS	"/sys/kernel/debug/memhp/zonelists"
#define PENDING		"/sys/kernel/debug/memhp/pending"

#define PENDING_POLL_US	10000

/* A line of any file that is read here; a zonelist has one word a zone. */
#define LINE_LEN	65536

/* Takes over @value. */
static int add_fact(struct memory_snapshot *snapshot, char *value,
		    const char *format, ...)
{
	struct memory_fact *fact;
	va_list args;
	char *name;
	int len;

	if (!value)
		return -ENOMEM;
	if (snapshot->nr == snapshot->max) {
		const size_t max = snapshot->max ? 2 * snapshot->max : 512;

		fact = realloc(snapshot->fact, max * sizeof(*fact));
		if (!fact) {
			free(value);
			return -ENOMEM;
		}
		snapshot->fact = fact;
		snapshot->max = max;
	}

	va_start(args, format);
	len = vasprintf(&name, format, args);
	va_end(args);
	if (len < 0) {
		free(value);
		return -ENOMEM;
	}

	fact = &snapshot->fact[snapshot->nr++];
	fact->name = name;
	fact->value = value;
	return 0;
}

static char *number(long long value)
{
	char *text;

	return asprintf(&text, "%lld", value) < 0 ? NULL : text;
}

/* Where we are in /proc/zoneinfo. */
struct zone_cursor {
	char zone[64];
	int node;
	bool movable;
	bool in_zone;
	int cpu;
	long long boost;
	long long free;
};

static const char *const zone_values[] = {
	"min", "low", "high", "promo", "spanned", "present", "managed",
	"start_pfn:", "protection:",
};

static bool is_zone_value(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(zone_values); i++)
		if (!strcmp(name, zone_values[i]))
			return true;
	return false;
}

static bool is_watermark(const char *name)
{
	return !strcmp(name, "min") || !strcmp(name, "low") ||
	       !strcmp(name, "high") || !strcmp(name, "promo");
}

static int add_zone_line(struct memory_snapshot *snapshot,
			 struct zone_cursor *at, char *line)
{
	char name[64], *text;
	long long value;
	int end = 0;

	if (sscanf(line, " pages free %lld", &at->free) == 1) {
		at->in_zone = true;
		return 0;
	}
	if (sscanf(line, " cpu: %d", &at->cpu) == 1 ||
	    sscanf(line, " boost %lld", &at->boost) == 1)
		return 0;
	if (sscanf(line, " vm stats threshold: %lld", &value) == 1)
		return add_fact(snapshot, number(value),
				"%s cpu %d: threshold", at->zone, at->cpu);

	/* Before "pages free", the counters of the node. */
	if (!at->in_zone || sscanf(line, " %63s %n", name, &end) != 1 || !end)
		return 0;
	text = line + end;
	value = atoll(text);

	if (!strcmp(name, "count:")) {
		at->free += value;
		return 0;
	}
	if (!strcmp(name, "batch:"))
		return add_fact(snapshot, number(value), "%s cpu %d: batch",
				at->zone, at->cpu);
	if (!is_zone_value(name))
		return 0;

	if (is_watermark(name))
		return add_fact(snapshot, number(value - at->boost), "%s: %s",
				at->zone, name);
	text[strcspn(text, "\n")] = '\0';
	name[strcspn(name, ":")] = '\0';
	return add_fact(snapshot, strdup(text), "%s: %s", at->zone, name);
}

static int add_free(struct memory_snapshot *snapshot,
		    const struct zone_cursor *at, unsigned int flags)
{
	const int node = (int)(flags >> 8) - 1;

	if (!(flags & MEMORY_SNAPSHOT_FREE) || !at->movable ||
	    (node >= 0 && at->node != node))
		return 0;
	return add_fact(snapshot, number(at->free), "%s: free", at->zone);
}

static int add_zoneinfo(struct memory_snapshot *snapshot, unsigned int flags)
{
	struct zone_cursor at = {};
	char line[ATTR_LEN], zone[ZONE_LEN];
	int err = 0, node;
	FILE *file;

	file = fopen("/proc/zoneinfo", "re");
	if (!file)
		return -errno;
	while (!err && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d, zone %15s", &node, zone) != 2) {
			err = add_zone_line(snapshot, &at, line);
			continue;
		}
		err = add_free(snapshot, &at, flags);
		memset(&at, 0, sizeof(at));
		at.node = node;
		at.movable = !strcmp(zone, ZONE_MOVABLE);
		snprintf(at.zone, sizeof(at.zone), "node %d zone %s",
			 node, zone);
	}
	if (!err)
		err = add_free(snapshot, &at, flags);
	fclose(file);
	return err;
}

/* Where pageblocks are counted, -1 if nowhere: in which column, by type. */
struct pageblock_columns {
	int movable;
	int isolate;
};

/*
 * One line of counts: of pageblocks, one column a type. In a zone for the kernel,
 * the allocator changes types as it likes.
 */
static int add_pageblocks(struct memory_snapshot *snapshot, const char *zone,
			  bool movable_zone, char *counts,
			  const struct pageblock_columns *columns)
{
	unsigned long sum = 0, movable = 0, isolated = 0, count;
	char *save, *tok;
	int i = 0, err;

	for (tok = strtok_r(counts, "\n ", &save); tok;
	     tok = strtok_r(NULL, "\n ", &save)) {
		count = strtoul(tok, NULL, 10);
		sum += count;
		if (i == columns->movable)
			movable = count;
		if (i++ == columns->isolate)
			isolated = count;
	}
	err = add_fact(snapshot, number(sum), "%s: pageblocks", zone);
	if (!err && movable_zone)
		err = add_fact(snapshot, number(movable),
			       "%s: movable pageblocks", zone);
	if (err || columns->isolate < 0)
		return err;
	return add_fact(snapshot, number(isolated), "%s: isolated pageblocks",
			zone);
}

/* One line of counts: of free chunks, one column an order. */
static int add_isolated_pages(struct memory_snapshot *snapshot,
			      const char *zone, char *counts)
{
	char *save, *tok;
	long long sum = 0;
	int order = 0;

	for (tok = strtok_r(counts, "\n ", &save); tok;
	     tok = strtok_r(NULL, "\n ", &save))
		sum += strtoll(tok + (*tok == '>'), NULL, 10) << order++;
	return add_fact(snapshot, number(sum), "%s: isolated free pages", zone);
}

static struct pageblock_columns find_columns(char *names)
{
	struct pageblock_columns columns = { .movable = -1, .isolate = -1 };
	char *save, *tok;
	int i = 0;

	for (tok = strtok_r(names, "\n ", &save); tok;
	     tok = strtok_r(NULL, "\n ", &save), i++) {
		if (!strcmp(tok, "Movable"))
			columns.movable = i;
		else if (!strcmp(tok, "Isolate"))
			columns.isolate = i;
	}
	return columns;
}

static int add_pagetypeinfo(struct memory_snapshot *snapshot)
{
	static const char header[] = "Number of blocks type";
	char line[1024], name[ZONE_LEN], type[ZONE_LEN], zone[64];
	struct pageblock_columns columns = { .movable = -1, .isolate = -1 };
	int node, end, err = 0;
	bool blocks = false;
	FILE *file;

	file = fopen("/proc/pagetypeinfo", "re");
	if (!file)
		return -errno;
	while (!err && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, header, strlen(header))) {
			blocks = true;
			columns = find_columns(line + strlen(header));
			continue;
		}
		end = 0;
		if (sscanf(line, "Node %d, zone %15[^, ] %n", &node, name,
			   &end) != 2 || !end) {
			blocks = false;
			continue;
		}
		snprintf(zone, sizeof(zone), "node %d zone %s", node, name);
		if (blocks) {
			err = add_pageblocks(snapshot, zone,
					     !strcmp(name, ZONE_MOVABLE),
					     line + end, &columns);
			continue;
		}
		if (sscanf(line, "Node %d, zone %15[^,], type %15s %n", &node,
			   name, type, &end) == 3 && !strcmp(type, "Isolate"))
			err = add_isolated_pages(snapshot, zone, line + end);
	}
	fclose(file);
	return err;
}

static int add_file(struct memory_snapshot *snapshot, const char *path)
{
	char text[4096];
	int err;

	err = attr_read(path, text, sizeof(text));
	if (err == -ENOENT)
		return 0;
	return err ?: add_fact(snapshot, strdup(text), "%s", path);
}

static const char *const files[] = {
	SYSFS_NODE "/possible",
	SYSFS_NODE "/online",
	SYSFS_NODE "/has_normal_memory",
	SYSFS_NODE "/has_memory",
	SYSFS_NODE "/has_cpu",
	SYSFS_NODE "/has_generic_initiator",
	"/sys/devices/system/cpu/online",
	"/proc/sys/vm/min_free_kbytes",
};

static int add_files(struct memory_snapshot *snapshot)
{
	int err = 0;
	size_t i;

	for (i = 0; !err && i < ARRAY_LEN(files); i++)
		err = add_file(snapshot, files[i]);
	return err;
}

/* The lines of a meminfo that start with one of two names. */
static int add_meminfo(struct memory_snapshot *snapshot, const char *path,
		       const char *first, const char *second)
{
	char line[ATTR_LEN], *colon;
	int err = 0;
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (!err && fgets(line, sizeof(line), file)) {
		colon = strchr(line, ':');
		if (!colon)
			continue;
		*colon++ = '\0';
		/* "Node 0 MemTotal" */
		if (!strcmp(line + strcspn(line, "MCS"), first) ||
		    !strcmp(line + strcspn(line, "MCS"), second))
			err = add_fact(snapshot, number(atoll(colon)), "%s %s",
				       path, line);
	}
	fclose(file);
	return err;
}

/*
 * A node that has no zone for the kernel has no slab page. On others, their
 * number says nothing.
 */
static int add_node(struct memory_snapshot *snapshot, int node)
{
	char path[PATH_LEN];
	int err, normal;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/cpulist", node);
	err = add_file(snapshot, path);
	if (err)
		return err;

	normal = memory_node_listed("has_normal_memory", node);
	if (normal < 0)
		return normal;
	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/meminfo", node);
	return add_meminfo(snapshot, path, "MemTotal",
			   normal ? "MemTotal" : "Slab");
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

static int is_node(const struct dirent *entry)
{
	int node;

	return sscanf(entry->d_name, "node%d", &node) == 1;
}

static int add_nodes(struct memory_snapshot *snapshot)
{
	struct dirent **entry;
	int nr, i, err = 0;

	nr = scandir(SYSFS_NODE, &entry, is_node, by_number);
	if (nr < 0)
		return -errno;
	for (i = 0; i < nr; i++) {
		if (!err)
			err = add_node(snapshot, atoi(entry[i]->d_name + 4));
		free(entry[i]);
	}
	free(entry);
	return err;
}

static int add_blocks(struct memory_snapshot *snapshot)
{
	struct memory_blocks blocks;
	size_t i;
	int err;

	err = memory_blocks_read(&blocks);
	for (i = 0; !err && i < blocks.nr; i++) {
		const struct memory_block *block = &blocks.block[i];
		char *text;

		if (asprintf(&text, "%s%s, node %d",
			     block->online ? "online in " : "offline",
			     block->zone, block->node) < 0)
			text = NULL;
		err = add_fact(snapshot, text, "memory%lu", block->id);
	}
	free(blocks.block);
	return err;
}

/* The lines of a file in our debugfs: a name, a colon, a space, a value. */
static int add_lines(struct memory_snapshot *snapshot, const char *path,
		     const char *prefix)
{
	char *line, *value;
	int err = 0;
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		return errno == ENOENT ? 0 : -errno;
	line = malloc(LINE_LEN);
	if (!line)
		err = -ENOMEM;
	while (!err && fgets(line, LINE_LEN, file)) {
		value = strstr(line, ": ");
		if (!value) {
			err = -EINVAL;
			break;
		}
		*value = '\0';
		value += 2;
		value[strcspn(value, "\n")] = '\0';
		err = add_fact(snapshot, strdup(value), "%s%s", prefix, line);
	}
	free(line);
	fclose(file);
	return err;
}

/* Forget all facts but the first ones. */
static void cut(struct memory_snapshot *snapshot, size_t nr)
{
	while (snapshot->nr > nr) {
		snapshot->nr--;
		free(snapshot->fact[snapshot->nr].name);
		free(snapshot->fact[snapshot->nr].value);
	}
}

bool memory_snapshot_miscounts(void)
{
	return kernel_before(6, 12);
}

/* Reclaim and compaction isolate pages, too, but only for a moment. */
static bool passes(const struct memory_fact *fact)
{
	if (!strstr(fact->name, "nr_isolated_"))
		return false;
	/* Where it is counted wrongly, it stays below 0. */
	return strcmp(fact->value, "0") &&
	       !(memory_snapshot_miscounts() && fact->value[0] == '-');
}

/*
 * All of it is 0 when nothing goes on, and nobody has lost count. What counts is
 * what is left when those have finished who isolate pages.
 */
static int add_pending(struct memory_snapshot *snapshot)
{
	const long long end = now_ms() + RETRY_MS;
	const size_t nr = snapshot->nr;
	size_t i;
	int err;

	for (;;) {
		err = add_lines(snapshot, PENDING, "");
		for (i = nr; i < snapshot->nr; i++)
			if (passes(&snapshot->fact[i]))
				break;
		if (err || i == snapshot->nr || now_ms() > end)
			return err;
		cut(snapshot, nr);
		usleep(PENDING_POLL_US);
	}
}

/* A thread with that name more. */
static int add_thread(struct memory_snapshot *snapshot, const char *name)
{
	struct memory_fact *fact;
	char *value;

	for (fact = snapshot->fact; fact < snapshot->fact + snapshot->nr; fact++) {
		if (strcmp(fact->name, name))
			continue;
		value = number(atoi(fact->value) + 1);
		if (!value)
			return -ENOMEM;
		free(fact->value);
		fact->value = value;
		return 0;
	}
	return add_fact(snapshot, number(1), "%s", name);
}

static int add_threads(struct memory_snapshot *snapshot)
{
	char path[PATH_LEN], name[ATTR_LEN];
	struct dirent **entry;
	int nr, i, node, err = 0;

	nr = scandir("/proc", &entry, NULL, by_number);
	if (nr < 0)
		return -errno;
	for (i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "/proc/%.32s/comm",
			 entry[i]->d_name);
		if (!err && atoi(entry[i]->d_name) > 0 &&
		    !attr_read(path, name, sizeof(name)) &&
		    (sscanf(name, "kswapd%d", &node) == 1 ||
		     sscanf(name, "kcompactd%d", &node) == 1))
			err = add_thread(snapshot, name);
		free(entry[i]);
	}
	free(entry);
	return err;
}

/*
 * Pages that were freed, but are still in a CPU's LRU cache, go back to the
 * allocator.
 *
 * There is no file for that. To move a process from a node to the same node
 * moves nothing, but the caches are drained before.
 */
static int settle(void)
{
	const int bits = 8 * sizeof(long);
	unsigned long nodes[1024 / (8 * sizeof(long))] = {};
	int node = 0, err;

	while (!(err = memory_node_listed("has_memory", node)))
		node++;
	if (err < 0)
		return err;
	nodes[node / bits] = 1UL << node % bits;
	if (syscall(__NR_migrate_pages, 0, 8 * sizeof(nodes), nodes, nodes) < 0)
		return -errno;
	return 0;
}

/* How many pages are in per-CPU lists of any ZONE_MOVABLE. */
static int listed_pages(unsigned long *sum)
{
	char line[ATTR_LEN], zone[ZONE_LEN];
	bool movable = false;
	unsigned long count;
	FILE *file;
	int node;

	*sum = 0;
	file = fopen("/proc/zoneinfo", "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d, zone %15s", &node, zone) == 2)
			movable = !strcmp(zone, ZONE_MOVABLE);
		else if (movable && sscanf(line, " count: %lu", &count) == 1)
			*sum += count;
	}
	fclose(file);
	return 0;
}

/*
 * Every CPU that adds its part to the counters may afterwards give pages from
 * its lists back: these are then counted neither here nor there until the next
 * time. So what counts is what is found when that has not happened.
 */
static int add_zoneinfo_and_free(struct memory_snapshot *snapshot,
				 unsigned int flags)
{
	const long long end = now_ms() + RETRY_MS;
	unsigned long before, after;
	int err;

	for (;;) {
		err = listed_pages(&before);
		if (!err)
			err = node_counters_settle();
		if (!err)
			err = add_zoneinfo(snapshot, flags);
		if (!err)
			err = listed_pages(&after);
		if (err || before == after)
			return err;
		if (now_ms() > end)
			return -EBUSY;
		memory_snapshot_free(snapshot);
	}
}

int memory_snapshot_take(struct memory_snapshot *snapshot, unsigned int flags)
{
	int err = 0;

	memset(snapshot, 0, sizeof(*snapshot));
	if (flags & MEMORY_SNAPSHOT_FREE)
		err = settle() ?: add_zoneinfo_and_free(snapshot, flags);
	else
		err = add_zoneinfo(snapshot, flags);
	if (!err)
		err = add_pagetypeinfo(snapshot);
	if (!err)
		err = add_files(snapshot);
	if (!err)
		err = add_meminfo(snapshot, "/proc/meminfo", "MemTotal",
				  "CommitLimit");
	if (!err)
		err = add_nodes(snapshot);
	if (!err)
		err = add_blocks(snapshot);
	if (!err)
		err = add_lines(snapshot, ZONELISTS, "zonelist, ");
	if (!err)
		err = add_pending(snapshot);
	if (!err && (flags & MEMORY_SNAPSHOT_THREADS))
		err = add_threads(snapshot);
	if (err)
		memory_snapshot_free(snapshot);
	return err;
}

/* @hint: where it is, if nothing was added or is missing before it. */
static const char *find(const struct memory_snapshot *snapshot,
			const char *name, size_t hint)
{
	size_t i;

	if (hint < snapshot->nr && !strcmp(snapshot->fact[hint].name, name))
		return snapshot->fact[hint].value;
	for (i = 0; i < snapshot->nr; i++)
		if (!strcmp(snapshot->fact[i].name, name))
			return snapshot->fact[i].value;
	return NULL;
}

const char *memory_snapshot_value(const struct memory_snapshot *snapshot,
				  const char *name)
{
	return find(snapshot, name, 0);
}

static void say(char *text, size_t size, const char *name, const char *before,
		const char *after)
{
	const size_t len = strlen(text);

	snprintf(text + len, size - len, "%s%s: was \"%s\", is \"%s\"",
		 len ? "; " : "", name, before ?: "(not there)",
		 after ?: "(not there)");
}

unsigned int memory_snapshot_compare(const struct memory_snapshot *before,
				     const struct memory_snapshot *after,
				     char *text, size_t size)
{
	unsigned int nr = 0;
	const char *other;
	size_t i;

	*text = '\0';
	for (i = 0; i < before->nr; i++) {
		const struct memory_fact *fact = &before->fact[i];

		other = find(after, fact->name, i);
		if (other && !strcmp(other, fact->value))
			continue;
		nr++;
		say(text, size, fact->name, fact->value, other);
	}
	for (i = 0; i < after->nr; i++) {
		if (find(before, after->fact[i].name, i))
			continue;
		nr++;
		say(text, size, after->fact[i].name, NULL,
		    after->fact[i].value);
	}
	return nr;
}

int memory_snapshot_differs(const struct memory_snapshot *before,
			    unsigned int flags, char *text, size_t size)
{
	struct memory_snapshot now;
	int ret;

	ret = memory_snapshot_take(&now, flags);
	if (ret) {
		snprintf(text, size, "no snapshot: %s", errname(ret));
		return ret;
	}
	ret = memory_snapshot_compare(before, &now, text, size);
	memory_snapshot_free(&now);
	return ret;
}

void memory_snapshot_free(struct memory_snapshot *snapshot)
{
	cut(snapshot, 0);
	free(snapshot->fact);
	memset(snapshot, 0, sizeof(*snapshot));
}
