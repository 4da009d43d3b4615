// SPDX-License-Identifier: GPL-2.0
/*
 * The order of locks in /proc/lockdep. See lock_order.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lock_order.h"

#define LOCKDEP		"/proc/lockdep"

/* As many as lockdep can know: a class may have eight subclasses. */
#define MAX_CLASSES	8192
#define MAX_EDGES	65536
#define NONE		(-1)

/* Named by an address and, of one key, by the name with its subclass. */
struct class {
	unsigned long long key;
	char name[64];
	int wanted;		/* which of the names it has, or NONE */
	int first;		/* of its edges */
};

struct graph {
	struct class class[MAX_CLASSES];
	int nr_classes;
	struct {
		int to;
		int next;
	} edge[MAX_EDGES];
	int nr_edges;
	/* For a walk. */
	int queue[MAX_CLASSES];
	int from[MAX_CLASSES];	/* where the walk came from; NONE: never here */
};

static int find_class(struct graph *g, unsigned long long key,
		      const char *name)
{
	struct class *class;
	int i;

	for (i = 0; i < g->nr_classes; i++)
		if (g->class[i].key == key && !strcmp(g->class[i].name, name))
			return i;
	if (i == MAX_CLASSES)
		return NONE;
	class = &g->class[g->nr_classes++];
	class->key = key;
	snprintf(class->name, sizeof(class->name), "%s", name);
	class->first = NONE;
	return i;
}

/* lockdep numbers classes of one name, "#2", and subclasses, "/1". */
static int which(const char *name, const char *const *names, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		const size_t len = strlen(names[i]);

		if (!strncmp(name, names[i], len) &&
		    strchr("#/", name[len]))
			return i;
	}
	return NONE;
}

static bool add_edge(struct graph *g, int from, int to)
{
	if (from == NONE || to == NONE || g->nr_edges == MAX_EDGES)
		return false;
	g->edge[g->nr_edges].to = to;
	g->edge[g->nr_edges].next = g->class[from].first;
	g->class[from].first = g->nr_edges++;
	return true;
}

static int read_graph(struct graph *g)
{
	char line[256], name[64];
	unsigned long long key;
	int class = NONE, err = 0;
	const char *counts;
	FILE *file;

	file = fopen(LOCKDEP, "re");
	if (!file)
		return -errno;
	while (!err && fgets(line, sizeof(line), file)) {
		counts = strstr(line, " FD:");
		if (sscanf(line, " -> [%llx] %63[^\n]", &key, name) == 2) {
			if (!add_edge(g, class, find_class(g, key, name)))
				err = -ENOSPC;
		} else if (strstr(line, "ptrval")) {
			/* Without entropy, it does not tell them apart. */
			err = -ENODATA;
		} else if (counts &&
			   sscanf(counts, " FD:%*d BD:%*d %*s %63[^\n]",
				  name) == 1) {
			class = find_class(g, strtoull(line, NULL, 16), name);
		}
	}
	fclose(file);
	return err;
}

/* All that can be reached from a class without passing another wanted one. */
static void walk(struct graph *g, int start, const char *const *names,
		 void (*edge)(const char *before, const char *after,
			      const char *via))
{
	int head = 0, tail = 0, e, i;

	for (i = 0; i < g->nr_classes; i++)
		g->from[i] = NONE;
	g->queue[tail++] = start;
	g->from[start] = start;
	while (head < tail) {
		const int at = g->queue[head++];

		if (at != start && g->class[at].wanted != NONE) {
			const int via = g->from[at];

			edge(names[g->class[start].wanted],
			     names[g->class[at].wanted],
			     via == start ? "" : g->class[via].name);
			continue;
		}
		for (e = g->class[at].first; e != NONE; e = g->edge[e].next) {
			const int to = g->edge[e].to;

			if (g->from[to] != NONE)
				continue;
			g->from[to] = at;
			g->queue[tail++] = to;
		}
	}
}

int lock_order_each(const char *const *names, unsigned int nr,
		    void (*edge)(const char *before, const char *after,
				 const char *via))
{
	struct graph *g = calloc(1, sizeof(*g));
	int i, err;

	if (!g)
		return -ENOMEM;
	err = read_graph(g);
	if (!err)
		for (i = 0; i < g->nr_classes; i++)
			g->class[i].wanted = which(g->class[i].name, names, nr);
	for (i = 0; !err && i < g->nr_classes; i++)
		if (g->class[i].wanted != NONE)
			walk(g, i, names, edge);
	free(g);
	return err;
}
