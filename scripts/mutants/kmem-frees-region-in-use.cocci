// SPDX-License-Identifier: GPL-2.0
// class: return-value
// file: drivers/dax/kmem.c
// history: synthetic
// observe: dax_kmem_test:kmem.unbind_while_online_keeps_memory: the driver has let go of its region

@@
identifier rc;
@@
 dev_dax_kmem_remove(...)
 {
 <...
-if (rc == 0) {
+if (rc <= 0) {
	...
 }
 ...>
 }
