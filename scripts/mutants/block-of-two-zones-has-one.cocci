// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: drivers/base/memory.c
// history: synthetic
// boot: movable-boot-memory
// observe: memory_attribute_test:blocks.attributes_agree: memory2/valid_zones: expected "none", got "DMA32"

@@
identifier matching_zone;
@@
 early_node_zone_for_memory_block(...)
 {
 <...
-matching_zone = NULL;
 break;
 ...>
 }
