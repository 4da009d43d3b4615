/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Has the kernel's memory notifiers fail, by its own module
 * memory-notifier-error-inject.
 *
 * None of the helpers asserts: each returns 0 or a negative errno.
 */

#ifndef NOTIFIER_INJECT_H
#define NOTIFIER_INJECT_H

/* Where a callback may be in the chain. */
#define NOTIFIER_FIRST		0x7fffffff
#define NOTIFIER_LAST		(-NOTIFIER_FIRST)

/**
 * notifier_inject_load() - put a callback into the chain
 * @priority:	where: after all that have the same priority or a higher one
 *
 * Return: 0, -ENOENT if there is no such module, -EEXIST if it is built in or
 * loaded by somebody else, so that its priority is not for us to say, or
 * another negative errno.
 */
int notifier_inject_load(int priority);

/**
 * notifier_inject_set() - have the callback return an error
 * @action:	"MEM_GOING_ONLINE" or "MEM_GOING_OFFLINE"
 * @err:	the errno, 0 for none
 *
 * Return: 0, or a negative errno.
 */
int notifier_inject_set(const char *action, int err);

/**
 * notifier_inject_unload() - take the callback out of the chain
 *
 * Return: 0, also if it was not in there, or a negative errno.
 */
int notifier_inject_unload(void);

/**
 * notifier_inject_restore() - the same, for memory_guard_also()
 *
 * Return: 1 if the callback is still there, else 0.
 */
unsigned int notifier_inject_restore(void);

#endif /* NOTIFIER_INJECT_H */
