// SPDX-License-Identifier: GPL-2.0
// class: input-validation
// file: drivers/base/memory.c
// history: synthetic
// observe: probe_test:probe.wrong_values_are_refused: half a block is taken
// observe: probe_test:probe.too_high_an_address_is_refused: it is not
// observe: probe_test:probe.existing_memory_is_refused: it is not

@ align @
identifier phys_addr;
expression e;
@@
 probe_store(...)
 {
 <...
-if (phys_addr & e)
-	return -EINVAL;
 ...>
 }

@ result @
identifier ret, out;
@@
 probe_store(...)
 {
 ...
 ret = __add_memory(...);
-if (ret)
-	goto out;
 ...
 }
