// SPDX-License-Identifier: GPL-2.0
// class: thread leaked
// file: mm/vmscan.c
// history: synthetic
// observe: rollback_test:notifier.first.block_beside_another: a node has one kswapd more

@@
identifier pgdat;
statement list SL;
@@
kswapd_run(...)
{
<...
- if (!pgdat->kswapd) {
+ {
	SL
 }
...>
}
