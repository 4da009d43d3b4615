// SPDX-License-Identifier: GPL-2.0
/*
 * What hardware watchpoints are good for, for zonelist_watch.c, whether they are
 * reported after the access (zonelist_watch_after.c) or before it
 * (zonelist_watch_before.c).
 */
#include <linux/hw_breakpoint.h>

#include "zonelist_watch.h"

/**
 * zonelist_watch_slots() - how many watches can be armed at a time
 *
 * Context: any.
 * Return: the number, 0 if the machine cannot watch at all.
 */
int zonelist_watch_slots(void)
{
	return hw_breakpoint_slots(TYPE_DATA);
}

/**
 * zonelist_watch_sees_loads() - can a watch report loads as well?
 *
 * Context: any.
 * Return: whether it can.
 */
bool zonelist_watch_sees_loads(void)
{
	return true;
}

/**
 * zonelist_watch_begin() - get ready to arm watches
 * @test: the running test, with which this ends
 *
 * Context: process context, may sleep.
 * Return: 0 or a negative errno.
 */
int zonelist_watch_begin(struct kunit *test)
{
	return 0;
}
