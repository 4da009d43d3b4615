// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/slub.c
// history: synthetic
// observe: memhp_slab.node_without_memory: after a veto, each object for the node takes a slab of its own

/slab_memory_callback(/,/^}/{
/case MEM_CANCEL_ONLINE:/d
}
