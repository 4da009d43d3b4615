// SPDX-License-Identifier: GPL-2.0
/* For zonelist_watch.c, on an arch where nothing can watch a zonelist. */
#include <linux/errno.h>

#include "zonelist_watch.h"

int zonelist_watch_begin(struct kunit *test)
{
	return -EOPNOTSUPP;
}

int zonelist_watch_slots(void)
{
	return 0;
}

bool zonelist_watch_sees_loads(void)
{
	return false;
}

int zonelist_watch_arm(struct zonelist_watch *watch, void *field, int len,
		       enum zonelist_access access)
{
	return -EOPNOTSUPP;
}

void zonelist_watch_disarm(struct zonelist_watch *watch)
{
}
