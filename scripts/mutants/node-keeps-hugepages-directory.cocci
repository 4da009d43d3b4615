// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: drivers/base/node.c
// history: synthetic
// observe: node_hotadd_test:hotadd.node_comes_and_goes: a huge page on node 3: No such file or directory

@@
identifier node;
@@
 unregister_node(...)
 {
 ...
-hugetlb_unregister_node(node);
 ...
 }
