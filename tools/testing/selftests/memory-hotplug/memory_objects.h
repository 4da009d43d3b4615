/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel has allocated to know memory blocks by. When the blocks are
 * gone, it is only there if somebody has forgotten it.
 */

#ifndef MEMORY_OBJECTS_H
#define MEMORY_OBJECTS_H

/**
 * memory_objects() - count these objects
 *
 * Memory blocks, groups of blocks, and descriptions of where a block has its
 * memmap, if that is in itself.
 *
 * Return: their number, -ENOENT if the kernel does not record who allocated what
 * (``slab_debug=U,kmalloc-*``), or another negative errno.
 */
long memory_objects(void);

#endif /* MEMORY_OBJECTS_H */
