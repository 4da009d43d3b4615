// SPDX-License-Identifier: GPL-2.0
// class: memory policy ignored
// file: mm/mempolicy.c
// history: synthetic
// observe: zonelist_restricted.after_each_store: pages come from a node that the policy forbids

@@
identifier pol, nodemask;
@@
policy_nodemask(...)
{
<...
  if (apply_policy_zone(...) && ...)
-	nodemask = &pol->nodes;
+	;
...>
}
