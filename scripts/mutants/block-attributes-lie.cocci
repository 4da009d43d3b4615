// SPDX-License-Identifier: GPL-2.0
// class: attribute
// file: drivers/base/memory.c
// history: synthetic
// observe: memory_attribute_test:blocks.attributes_agree: phys_index is decimal
// observe: memory_attribute_test:blocks.valid_zones_follow_neighbours: the zone named first is not the default one
// observe: memory_attribute_test:store.state_of_offline.is_read_in_parts: there is no newline
// observe: memory_attribute_test:store.policy_online.is_read_in_parts: there is no newline
// observe: memory_attribute_test:store.policy_movable.takes_each_value: a newline makes it another value
// observe: memory_walk_test:walk.dimm.every_order: valid_zones names another zone first
// observe: memory_walk_test:walk.virtio_mem.every_order: valid_zones names another zone first

@@
expression buf, mem;
@@
 phys_index_show(...)
 {
 <...
-return sysfs_emit(buf, "%08lx\n", memory_block_id(mem->start_section_nr));
+return sysfs_emit(buf, "%08lu\n", memory_block_id(mem->start_section_nr));
 ...>
 }

@@
expression buf, output;
@@
 state_show(...)
 {
 <...
-return sysfs_emit(buf, "%s\n", output);
+return sysfs_emit(buf, "%s", output);
 ...>
 }

@@
expression buf, output;
@@
 auto_online_blocks_show(...)
 {
 <...
-return sysfs_emit(buf, "%s\n", output);
+return sysfs_emit(buf, "%s", output);
 ...>
 }

@@
expression str, known;
@@
 mhp_online_type_from_str(...)
 {
 <...
-sysfs_streq(str, known)
+!strcmp(str, known)
 ...>
 }

@@
expression default_zone;
@@
 valid_zones_show(...)
 {
 <...
 default_zone = zone_for_pfn_range(
-MMOP_ONLINE
+MMOP_ONLINE_KERNEL
 , ...);
 ...>
 }
