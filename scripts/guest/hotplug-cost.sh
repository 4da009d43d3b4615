#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# For scripts/hotplug_cost.py: how many operations a second our helpers, a bare
# loop and upstream's script get done. Runs in the folder of the kselftests.

now_ms()
{
	awk '{ printf "%d", $1 * 1000 }' /proc/uptime
}

./memory_block_bench 20 || exit

begin=$(now_ms)
./mem-on-off-test.sh -r 100 >/tmp/upstream.log 2>&1
end=$(now_ms)
ops=$(grep -c '^o[a-z]*->o[a-z]* memory' /tmp/upstream.log)
echo "upstream: $ops operations in $((end - begin)) ms"
