// SPDX-License-Identifier: GPL-2.0
/*
 * What a node's zonelists should be, worked out from the populated zones and
 * the node distances alone, and what they are. Both as text, one word per
 * zoneref, so that a failed comparison shows the two lists.
 *
 * The rules, written down here a second time on purpose instead of calling
 * find_next_best_node():
 *
 * - A fallback list names every node with memory once. The node itself comes
 *   first if it has memory.
 * - The others follow by distance; a node with CPUs counts one further away,
 *   and so does a node with a smaller number than this one.
 * - What is still equal goes to the node with less load, then to the smaller
 *   number. Whenever the distance changes along a list, the node that opens
 *   the new group is loaded by one, for all lists built after this one.
 * - Lists are built in node order and the load starts at zero.
 * - Each node contributes its populated zones, highest zone type first.
 * - A THISNODE list has the node's own zones only.
 */
#include <linux/cpumask.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sort.h>
#include <linux/topology.h>

#include "zonelist_oracle.h"

/* "1023:Movable(bad idx 4) " */
#define WORD_MAX 32

struct candidate {
	int nid;
	int far;
	int load;
};

static bool has_zones(int nid)
{
	struct zone *zones = NODE_DATA(nid)->node_zones;
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		if (zones[i].present_pages)
			return true;
	return false;
}

static int cmp_candidates(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;

	if (a->far != b->far)
		return a->far - b->far;
	if (a->load != b->load)
		return a->load - b->load;
	return a->nid - b->nid;
}

/* Sort the nodes of @nid's fallback list into @order, and update the loads. */
static int order_nodes(int nid, int *load, struct candidate *order)
{
	int n, i, prev, nr = 0;

	for_each_online_node(n) {
		if (!has_zones(n))
			continue;
		order[nr].nid = n;
		order[nr].load = load[n];
		order[nr].far = node_distance(nid, n) + (n < nid) +
				!cpumask_empty(cpumask_of_node(n)) *
				PENALTY_FOR_NODE_WITH_CPUS;
		if (n == nid)
			order[nr].far = -1;
		nr++;
	}
	sort(order, nr, sizeof(*order), cmp_candidates, NULL);

	prev = nid;
	for (i = 0; i < nr; i++) {
		n = order[i].nid;
		if (node_distance(nid, n) != node_distance(nid, prev))
			load[n]++;
		prev = n;
	}
	return nr;
}

/* Order all lists up to @nid's, for the loads that it starts from. */
static int order_lists(int nid, int *load, struct candidate *order)
{
	int n, nr = 0;

	for_each_node(n) {
		nr = order_nodes(n, load, order);
		if (n == nid)
			break;
	}
	return nr;
}

static int print_node(char *buf, int len, int size, int nid)
{
	struct zone *zones = NODE_DATA(nid)->node_zones;
	int i;

	for (i = MAX_NR_ZONES - 1; i >= 0; i--)
		if (zones[i].present_pages)
			len += scnprintf(buf + len, size - len, "%d:%s ", nid,
					 zones[i].name);
	return len;
}

static bool is_fallback(int list)
{
	return list == ZONELIST_FALLBACK;
}

/**
 * zonelist_name() - name of one of a node's lists, for messages
 * @list: ZONELIST_FALLBACK or ZONELIST_NOFALLBACK
 *
 * Context: any.
 * Return: the name.
 */
const char *zonelist_name(int list)
{
	return is_fallback(list) ? "fallback" : "THISNODE";
}

/**
 * zonelist_expected() - what a zonelist should be
 * @test: the test that asks; the text lives as long as it does
 * @nid: a possible node
 * @list: ZONELIST_FALLBACK or ZONELIST_NOFALLBACK
 *
 * Context: process context, may sleep. The caller holds mem_hotplug_lock for
 *	reading, else zones may come and go under it.
 * Return: the list as text, or NULL without memory.
 */
char *zonelist_expected(struct kunit *test, int nid, int list)
{
	int size = MAX_ZONES_PER_ZONELIST * WORD_MAX;
	struct candidate *order;
	int i, nr, len = 0;
	char *buf;
	int *load;

	buf = kunit_kzalloc(test, size, GFP_KERNEL);
	order = kunit_kcalloc(test, nr_node_ids, sizeof(*order), GFP_KERNEL);
	load = kunit_kcalloc(test, nr_node_ids, sizeof(*load), GFP_KERNEL);
	if (!buf || !order || !load)
		return NULL;

	if (!is_fallback(list)) {
		print_node(buf, 0, size, nid);
		return buf;
	}

	nr = order_lists(nid, load, order);
	for (i = 0; i < nr; i++)
		len = print_node(buf, len, size, order[i].nid);
	return buf;
}

/**
 * zonelist_expected_node() - whose zone an allocation should find first
 * @test: the test that asks
 * @nid: the node where the allocation starts
 * @highest: the highest zone type that it may use
 *
 * Context: process context, may sleep. The caller holds mem_hotplug_lock for
 *	reading, else zones may come and go under it.
 * Return: the first node of @nid's fallback list that has such a zone, or
 *	NUMA_NO_NODE without memory.
 */
int zonelist_expected_node(struct kunit *test, int nid, int highest)
{
	struct candidate *order;
	int i, k, nr;
	int *load;

	order = kunit_kcalloc(test, nr_node_ids, sizeof(*order), GFP_KERNEL);
	load = kunit_kcalloc(test, nr_node_ids, sizeof(*load), GFP_KERNEL);
	if (!order || !load)
		return NUMA_NO_NODE;

	nr = order_lists(nid, load, order);
	for (i = 0; i < nr; i++)
		for (k = 0; k <= highest; k++)
			if (NODE_DATA(order[i].nid)->node_zones[k].present_pages)
				return order[i].nid;
	return NUMA_NO_NODE;
}

/**
 * zonelist_actual() - what a zonelist is
 * @test: the test that asks; the text lives as long as it does
 * @nid: a possible node
 * @list: ZONELIST_FALLBACK or ZONELIST_NOFALLBACK
 *
 * Reads the entries themselves, not through an iterator. An entry whose index
 * is not that of its zone, and a list without an end, are marked in the text,
 * so that they compare unequal to any expectation.
 *
 * Context: process context, may sleep. The caller holds mem_hotplug_lock for
 *	reading, else the list may change under it.
 * Return: the list as text, or NULL without memory.
 */
char *zonelist_actual(struct kunit *test, int nid, int list)
{
	struct zoneref *z = NODE_DATA(nid)->node_zonelists[list]._zonerefs;
	struct zoneref *end = z + MAX_ZONES_PER_ZONELIST + 1;
	int size = (MAX_ZONES_PER_ZONELIST + 1) * WORD_MAX;
	int len = 0;
	char *buf;

	buf = kunit_kzalloc(test, size, GFP_KERNEL);
	if (!buf)
		return NULL;

	for (; z < end && z->zone; z++) {
		len += scnprintf(buf + len, size - len, "%d:%s",
				 zone_to_nid(z->zone), z->zone->name);
		if (z->zone_idx != zone_idx(z->zone))
			len += scnprintf(buf + len, size - len,
					 "(bad idx %d)", z->zone_idx);
		len += scnprintf(buf + len, size - len, " ");
	}
	if (z == end)
		scnprintf(buf + len, size - len, "(no end)");
	else if (z->zone_idx)
		scnprintf(buf + len, size - len, "(bad end idx %d)",
			  z->zone_idx);
	return buf;
}
