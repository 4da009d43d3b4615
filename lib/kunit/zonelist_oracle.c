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
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "zonelist_oracle.h"

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

/*
 * Order the nodes of @nid's fallback list, which is built after the lists of
 * all nodes from @first on.
 */
static struct candidate *order_fallback(struct kunit *test, int first, int nid,
					int *nr)
{
	struct candidate *order;
	int *load;
	int n;

	order = kunit_kcalloc(test, nr_node_ids, sizeof(*order), GFP_KERNEL);
	load = kunit_kcalloc(test, nr_node_ids, sizeof(*load), GFP_KERNEL);
	if (!order || !load)
		return NULL;

	for (n = first; n != nid; n = next_node(n, node_possible_map))
		order_nodes(n, load, order);
	*nr = order_nodes(nid, load, order);
	kunit_kfree(test, load);
	return order;
}

static char *expected_fallback(struct kunit *test, int first, int nid)
{
	int size = MAX_ZONES_PER_ZONELIST * ZONELIST_WORD_MAX;
	struct candidate *order;
	int i, nr, len = 0;
	char *buf;

	order = order_fallback(test, first, nid, &nr);
	buf = kunit_kzalloc(test, size, GFP_KERNEL);
	if (!order || !buf)
		return NULL;

	for (i = 0; i < nr; i++)
		len = print_node(buf, len, size, order[i].nid);
	kunit_kfree(test, order);
	return buf;
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
	int size = MAX_NR_ZONES * ZONELIST_WORD_MAX;
	char *buf;

	if (is_fallback(list))
		return expected_fallback(test, first_node(node_possible_map),
					 nid);

	buf = kunit_kzalloc(test, size, GFP_KERNEL);
	if (buf)
		print_node(buf, 0, size, nid);
	return buf;
}

/**
 * zonelist_expected_alone() - what a fallback list should be when built alone
 * @test: the test that asks; the text lives as long as it does
 * @nid: a possible node
 *
 * As for a node that is being added: no list is built before its own, so that
 * no node is loaded yet.
 *
 * Context: process context, may sleep. The caller holds mem_hotplug_lock for
 *	reading, else zones may come and go under it.
 * Return: the list as text, or NULL without memory.
 */
char *zonelist_expected_alone(struct kunit *test, int nid)
{
	return expected_fallback(test, nid, nid);
}

/**
 * zonelist_decided_by_load() - how much of a fallback list load alone decides
 * @test: the test that asks
 * @nid: a possible node
 *
 * Context: process context, may sleep. The caller holds mem_hotplug_lock for
 *	reading, else zones may come and go under it.
 * Return: how many neighbours in the list are equally far from @nid and would
 *	change places if nodes were not loaded, or a negative errno.
 */
int zonelist_decided_by_load(struct kunit *test, int nid)
{
	struct candidate *order;
	int i, nr, decided = 0;

	order = order_fallback(test, first_node(node_possible_map), nid, &nr);
	if (!order)
		return -ENOMEM;
	for (i = 1; i < nr; i++)
		decided += order[i - 1].far == order[i].far &&
			   order[i - 1].nid > order[i].nid;
	kunit_kfree(test, order);
	return decided;
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
	int i, k, nr, found = NUMA_NO_NODE;
	struct candidate *order;

	order = order_fallback(test, first_node(node_possible_map), nid, &nr);
	if (!order)
		return NUMA_NO_NODE;
	for (i = 0; i < nr && found == NUMA_NO_NODE; i++)
		for (k = 0; k <= highest; k++)
			if (NODE_DATA(order[i].nid)->node_zones[k].present_pages)
				found = order[i].nid;
	kunit_kfree(test, order);
	return found;
}

/**
 * zonelist_print() - what a zonelist is
 * @buf: where to put it, as text
 * @size: of @buf; ZONELIST_TEXT_MAX is enough for any list
 * @nid: a possible node
 * @list: ZONELIST_FALLBACK or ZONELIST_NOFALLBACK
 *
 * Reads the entries themselves, not through an iterator. An entry whose index
 * is not that of its zone, and a list without an end, are marked in the text,
 * so that they compare unequal to any expectation.
 *
 * Context: any. The caller holds mem_hotplug_lock for reading, else the list
 *	may change under it.
 */
void zonelist_print(char *buf, size_t size, int nid, int list)
{
	struct zoneref *z = NODE_DATA(nid)->node_zonelists[list]._zonerefs;
	struct zoneref *end = z + MAX_ZONES_PER_ZONELIST + 1;
	size_t len = 0;

	*buf = '\0';
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
}

/**
 * zonelist_actual() - what a zonelist is, for a test
 * @test: the test that asks; the text lives as long as it does
 * @nid: a possible node
 * @list: ZONELIST_FALLBACK or ZONELIST_NOFALLBACK
 *
 * Context: process context, may sleep. The caller holds mem_hotplug_lock for
 *	reading, else the list may change under it.
 * Return: the list as zonelist_print() gives it, or NULL without memory.
 */
char *zonelist_actual(struct kunit *test, int nid, int list)
{
	char *buf = kunit_kzalloc(test, ZONELIST_TEXT_MAX, GFP_KERNEL);

	if (buf)
		zonelist_print(buf, ZONELIST_TEXT_MAX, nid, list);
	return buf;
}

/**
 * zonelist_expect_list() - compare one list, entry by entry, to the oracle
 * @test: the running test, which fails if they differ
 * @nid: a possible node
 * @list: ZONELIST_FALLBACK or ZONELIST_NOFALLBACK
 * @when: what happened before, for the message
 *
 * Context: process context, may sleep. Takes mem_hotplug_lock for reading.
 */
void zonelist_expect_list(struct kunit *test, int nid, int list,
			  const char *when)
{
	char *expected, *actual;

	get_online_mems();
	expected = zonelist_expected(test, nid, list);
	actual = zonelist_actual(test, nid, list);
	put_online_mems();

	KUNIT_ASSERT_NOT_NULL(test, expected);
	KUNIT_ASSERT_NOT_NULL(test, actual);
	KUNIT_EXPECT_STREQ_MSG(test, actual, expected,
			       "%s list of node %d %s",
			       zonelist_name(list), nid, when);
	kunit_kfree(test, expected);
	kunit_kfree(test, actual);
}

/**
 * zonelist_expect_all() - compare the lists of all nodes to the oracle
 * @test: the running test, which fails if they differ
 * @when: what happened before, for the message
 *
 * Context: process context, may sleep. Takes mem_hotplug_lock for reading.
 */
void zonelist_expect_all(struct kunit *test, const char *when)
{
	int nid, list;

	for_each_node(nid)
		for (list = 0; list < MAX_ZONELISTS; list++)
			zonelist_expect_list(test, nid, list, when);
}
