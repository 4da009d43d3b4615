// SPDX-License-Identifier: GPL-2.0
// class: state-machine
// file: mm/sparse-vmemmap.c
// history: synthetic
// observe: memory_block_test:block.online.online_then_offline: terminated unexpectedly by signal 9, of an oops in stable_page_flags()

@@
identifier ms;
@@
 offline_mem_sections(...)
 {
 <...
-ms->section_mem_map &= ~SECTION_IS_ONLINE;
 ...>
 }
