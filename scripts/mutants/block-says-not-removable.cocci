// SPDX-License-Identifier: GPL-2.0
// class: attribute
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_attribute_test:blocks.attributes_agree: removable is 0

@@
expression buf, e;
@@
 removable_show(...)
 {
 <...
-sysfs_emit(buf, "%d\n", e)
+sysfs_emit(buf, "%d\n", 0)
 ...>
 }
