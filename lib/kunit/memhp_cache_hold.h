/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_MEMHP_CACHE_HOLD_H
#define _LIB_KUNIT_MEMHP_CACHE_HOLD_H

#include <linux/slab.h>

int memhp_cache_hold(struct kmem_cache *cache);
void memhp_cache_go(void);

#endif
