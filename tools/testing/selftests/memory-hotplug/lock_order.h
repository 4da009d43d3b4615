/* SPDX-License-Identifier: GPL-2.0 */
/*
 * In which order locks have been taken since boot, as lockdep knows it.
 */

#ifndef LOCK_ORDER_H
#define LOCK_ORDER_H

/**
 * lock_order_each() - which locks come after which
 * @names:	the locks, as lockdep has their names
 * @nr:		number of them
 * @edge:	called for each pair of them where @after was taken with @before
 *		held, directly or with other locks in between that are not among
 *		them. @via is one of the latter, or "".
 *
 * Locks of one name are one lock here, though lockdep tells them apart.
 *
 * Return: 0, -ENODATA if the kernel has no entropy yet to hash pointers with and
 * was not booted with no_hash_pointers, or another negative errno.
 */
int lock_order_each(const char *const *names, unsigned int nr,
		    void (*edge)(const char *before, const char *after,
				 const char *via));

#endif /* LOCK_ORDER_H */
