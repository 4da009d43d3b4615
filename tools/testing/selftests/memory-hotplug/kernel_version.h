/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which kernel this is. For bugs of old ones that a test cannot do without; what a
 * kernel offers is to be found out by looking for it.
 */

#ifndef KERNEL_VERSION_H
#define KERNEL_VERSION_H

#include <stdbool.h>

/**
 * kernel_before() - is this kernel older than a release?
 * @version:	the first number of the release
 * @patchlevel:	its second number
 *
 * Return: true if it is; false if not, or if nobody can tell.
 */
bool kernel_before(unsigned int version, unsigned int patchlevel);

#endif /* KERNEL_VERSION_H */
