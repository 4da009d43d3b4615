// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/slub.c
// history: synthetic
// observe: memhp_slab.node_keeps_memory: objects for the node are elsewhere

/slab_memory_callback(/,/^}/{
/case MEM_CANCEL_OFFLINE:/d
s/^\tcase MEM_CANCEL_ONLINE:$/&\n\tcase MEM_CANCEL_OFFLINE:/
}
