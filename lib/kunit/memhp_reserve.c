// SPDX-License-Identifier: GPL-2.0
/*
 * What zones and nodes keep back, from how many pages the zones have: their
 * watermarks, what they keep from who prefers a higher zone, the sums of these,
 * and what a node has too much of before it is reclaimed instead of using another
 * node. All of it is calculated anew when memory comes or goes.
 */
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/swap.h>

#include "../../mm/internal.h"
#include "memhp_compat.h"
#include "memhp_reserve.h"

/* Of sysctls that are nobody else's: while the kernel boots, all have these. */
#define WATERMARK_SCALE_FACTOR	10
#define MIN_UNMAPPED_RATIO	1
#define MIN_SLAB_RATIO		5

static const int lowmem_reserve_ratio[MAX_NR_ZONES] = {
#ifdef CONFIG_ZONE_DMA
	[ZONE_DMA] = 256,
#endif
#ifdef CONFIG_ZONE_DMA32
	[ZONE_DMA32] = 256,
#endif
	[ZONE_NORMAL] = 32,
};

/* The pages that min_free_kbytes is divided among. */
static u64 low_pages(void)
{
	struct zone *zone;
	u64 pages = 0;

	for_each_zone(zone)
		if (memhp_zone_is_low(zone))
			pages += zone_managed_pages(zone);
	return pages;
}

static void expect_watermarks(struct kunit *test, struct zone *zone, u64 low,
			      const char *when)
{
	const unsigned long managed = zone_managed_pages(zone);
	const u64 part = div64_u64((u64)(min_free_kbytes >> (PAGE_SHIFT - 10)) *
				   managed, low);
	const u64 gap = max_t(u64, part / 4,
			      mult_frac(managed, WATERMARK_SCALE_FACTOR, 10000));
	u64 mark = memhp_zone_is_low(zone) ? part :
		clamp(managed / 1024, SWAP_CLUSTER_MAX, 128UL);
	int i;

	for (i = 0; i < NR_WMARK; i++, mark += gap)
		KUNIT_EXPECT_EQ_MSG(test, zone->_watermark[i], mark,
				    "watermark %d of zone %s of node %d, which has %lu pages, is old %s",
				    i, zone->name, zone_to_nid(zone), managed,
				    when);
}

static void expect_lowmem_reserve(struct kunit *test, struct zone *zone,
				  const char *when)
{
	const int ratio = lowmem_reserve_ratio[zone_idx(zone)];
	unsigned long above = 0, kept;
	int i;

	for (i = zone_idx(zone) + 1; i < MAX_NR_ZONES; i++) {
		above += zone_managed_pages(&zone->zone_pgdat->node_zones[i]);
		kept = ratio && managed_zone(zone) ? above / ratio : 0;
		KUNIT_EXPECT_EQ_MSG(test, zone->lowmem_reserve[i], kept,
				    "zone %s of node %d keeps too much or too little from zone %d %s",
				    zone->name, zone_to_nid(zone), i, when);
	}
}

static unsigned long total_of(struct zone *zone)
{
	unsigned long kept = 0;
	int i;

	for (i = zone_idx(zone); i < MAX_NR_ZONES; i++)
		kept = max_t(unsigned long, kept, zone->lowmem_reserve[i]);
	return min(kept + zone->_watermark[WMARK_HIGH],
		   zone_managed_pages(zone));
}

static void expect_reclaim_limits(struct kunit *test, pg_data_t *pgdat,
				  const char *when)
{
#ifdef CONFIG_NUMA
	unsigned long unmapped = 0, slab = 0, managed;
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++) {
		managed = zone_managed_pages(&pgdat->node_zones[i]);
		unmapped += managed * MIN_UNMAPPED_RATIO / 100;
		slab += managed * MIN_SLAB_RATIO / 100;
	}
	KUNIT_EXPECT_EQ_MSG(test, pgdat->min_unmapped_pages, unmapped,
			    "node %d takes an old number of page cache pages for too many %s",
			    pgdat->node_id, when);
	KUNIT_EXPECT_EQ_MSG(test, pgdat->min_slab_pages, slab,
			    "node %d takes an old number of slab pages for too many %s",
			    pgdat->node_id, when);
#endif
}

/**
 * memhp_expect_reserves() - all that is kept back fits the memory that there is
 * @test: the running test
 * @when: of the message of what does not, after what it should
 *
 * Context: May sleep. No memory comes or goes meanwhile, nobody has changed a
 * sysctl, and there is no initramfs any more that is being unpacked, and freed.
 */
void memhp_expect_reserves(struct kunit *test, const char *when)
{
	unsigned long of_node, all = 0;
	const u64 low = low_pages();
	struct zone *zone;
	pg_data_t *pgdat;

	for_each_online_pgdat(pgdat) {
		of_node = 0;
		for (zone = pgdat->node_zones;
		     zone < pgdat->node_zones + MAX_NR_ZONES; zone++) {
			expect_watermarks(test, zone, low, when);
			expect_lowmem_reserve(test, zone, when);
			of_node += total_of(zone);
		}
		KUNIT_EXPECT_EQ_MSG(test, pgdat->totalreserve_pages, of_node,
				    "node %d has an old sum of what its zones keep back %s",
				    pgdat->node_id, when);
		expect_reclaim_limits(test, pgdat, when);
		all += of_node;
	}
	KUNIT_EXPECT_EQ_MSG(test, totalreserve_pages, all,
			    "the sum of what all zones keep back is old %s",
			    when);
}
