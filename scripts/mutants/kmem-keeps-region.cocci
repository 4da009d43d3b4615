// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: drivers/dax/kmem.c
// history: synthetic
// observe: dax_kmem_test:kmem.unbind_removes_and_bind_adds: each round leaves one resource more

@@
expression res;
@@
 dev_dax_kmem_remove(...)
 {
 <...
 if (rc == 0) {
-	remove_resource(res);
-	kfree(res);
 ...
 }
 ...>
 }
