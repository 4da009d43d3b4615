#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Has the kernel kill somebody for want of memory.

sh -c 'echo 1000 >/proc/self/oom_score_adj; exec sleep 1000' &
victim=$!
until [ "$(cat /proc/$victim/comm)" = sleep ]; do
	:
done
echo f >/proc/sysrq-trigger
wait $victim
exit 0
