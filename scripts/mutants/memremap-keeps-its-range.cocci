// SPDX-License-Identifier: GPL-2.0
// class: use after free
// file: mm/memremap.c
// history: synthetic
// observe: none: what is left of device memory that is gone is in freed memory, and looks dead: it takes KASAN to see who looks at it

@@
identifier range;
@@
 pageunmap_range(...)
 {
 ...
-pgmap_array_delete(range);
 }
