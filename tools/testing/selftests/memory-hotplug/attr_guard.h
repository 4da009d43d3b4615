/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Puts settings of the kernel back, whatever the program dies of.
 */

#ifndef ATTR_GUARD_H
#define ATTR_GUARD_H

#include <stddef.h>

/**
 * attr_guard_enter() - remember settings, and restore them in the end
 * @paths:	files that can be read and written; those which do not exist
 *		are left out. They are restored in this order.
 * @nr:		number of them
 *
 * To be called in main(), before memory_guard_enter(). A process restores what
 * has changed once no process of the program is left.
 */
void attr_guard_enter(const char *const *paths, size_t nr);

/**
 * attr_guard_at_end() - write something in the end
 * @path:	the file
 * @value:	what to write; that it fails is no error
 *
 * To be called before attr_guard_enter().
 */
void attr_guard_at_end(const char *path, const char *value);

/**
 * attr_guard_restore() - restore the settings now
 *
 * Return: how many could not be restored.
 */
unsigned int attr_guard_restore(void);

#endif /* ATTR_GUARD_H */
