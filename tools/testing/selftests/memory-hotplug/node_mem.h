/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Node masks, and where pages are.
 */

#ifndef NODE_MEM_H
#define NODE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* More nodes than any configuration has. */
#define MAX_NODES	1024

/**
 * struct node_mask - a set of nodes, as the system calls take it
 * @bits:	the set
 */
struct node_mask {
	unsigned long bits[MAX_NODES / (8 * sizeof(unsigned long))];
};

/**
 * node_mask_set() - add a node
 * @mask:	the set
 * @node:	the node
 */
void node_mask_set(struct node_mask *mask, int node);

/**
 * node_mask_test() - whether a node is in a set
 * @mask:	the set
 * @node:	the node
 */
bool node_mask_test(const struct node_mask *mask, int node);

/**
 * node_mask_weight() - the number of nodes in a set
 * @mask:	the set
 */
unsigned int node_mask_weight(const struct node_mask *mask);

/**
 * node_mask_equal() - whether two sets are the same
 * @a:		a set
 * @b:		another
 */
bool node_mask_equal(const struct node_mask *a, const struct node_mask *b);

/**
 * node_mask_parse() - a set from a list as in sysfs, "0-2,5"
 * @mask:	the result
 * @list:	the list, may be empty
 *
 * Return: 0 or -EINVAL.
 */
int node_mask_parse(struct node_mask *mask, const char *list);

/**
 * node_mask_read() - a set from a file
 * @mask:	the result
 * @path:	the file
 *
 * Return: 0, or a negative errno.
 */
int node_mask_read(struct node_mask *mask, const char *path);

/**
 * node_mask_name() - a set in words, for messages
 * @mask:	the set
 *
 * Return: a buffer that the next but three calls overwrite.
 */
const char *node_mask_name(const struct node_mask *mask);

/**
 * node_distance() - how far a node is from another
 * @from:	the node
 * @to:		the other
 *
 * Return: the distance as sysfs shows it, or a negative errno.
 */
int node_distance(int from, int to);

/**
 * node_nearest() - the nodes that are nearest to one
 * @node:	the node
 * @among:	which may be chosen: all online
 * @nearest:	those of them with the least distance
 *
 * Return: 0, or a negative errno.
 */
int node_nearest(int node, const struct node_mask *among,
		 struct node_mask *nearest);

/**
 * node_counter() - a line of a node's file
 * @node:	the node
 * @file:	"vmstat", "numastat", "meminfo"
 * @name:	the first word of the line, or the first after "Node N"
 * @value:	the number that follows
 *
 * Return: 0, -ENOENT if there is no such line, or another negative errno.
 */
int node_counter(int node, const char *file, const char *name,
		 unsigned long *value);

/**
 * node_counters_settle() - have all CPUs add to the counters what they hold back
 *
 * A CPU adds what it has counted to a node's or a zone's counter once a second,
 * or when it has become much. Until then the pages that one CPU allocated and
 * another freed are still there, by the counters.
 *
 * Return: 0, or a negative errno.
 */
int node_counters_settle(void);

/**
 * mem_policy_set() - mbind()
 * @addr:	memory
 * @len:	its length
 * @mode:	policy and its flags
 * @mask:	its nodes
 *
 * Return: 0, or a negative errno.
 */
int mem_policy_set(void *addr, size_t len, int mode,
		   const struct node_mask *mask);

/**
 * mem_policy_get() - the policy of an address, or of the task
 * @addr:	the address, NULL for the task
 * @mode:	policy and its flags
 * @mask:	its nodes
 *
 * Return: 0, or a negative errno.
 */
int mem_policy_get(void *addr, int *mode, struct node_mask *mask);

/**
 * mem_cpusets() - whether the kernel has cpusets
 *
 * Without them, no policy is adapted when a node loses its memory.
 */
bool mem_cpusets(void);

/**
 * mem_nodes_allowed() - the nodes that this process may have memory of
 * @mask:	the result
 *
 * Return: 0, or a negative errno.
 */
int mem_nodes_allowed(struct node_mask *mask);

/**
 * mem_page_nodes() - which nodes pages are on
 * @pid:	whose pages, 0 for the calling process
 * @addr:	the first one
 * @nr:		how many
 * @nodes:	the node of each, or a negative errno: -ENOENT if there is none
 *
 * Return: 0, or a negative errno.
 */
int mem_page_nodes(pid_t pid, void *addr, size_t nr, int *nodes);

#endif /* NODE_MEM_H */
