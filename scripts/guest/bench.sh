#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# For scripts/bench_guest.py: measures one thing, which memhp.bench= on the kernel
# command line names. Prints "bench: NAME X VALUE VALUE ...", in nanoseconds, as
# hotplug_bench does. Runs in the folder of the kselftests.

TIMES=7
TURNS=5
debugfs=/sys/kernel/debug/memhp-bench

now_ms()
{
	awk '{ printf "%d", $1 * 1000 }' /proc/uptime
}

# Whatever goes online or offline says so in a uevent.
operations()
{
	cat /sys/kernel/uevent_seqnum
}

# took COMMAND... : how long it takes.
took()
{
	ms=$(now_ms)
	"$@" >/tmp/bench.log 2>&1 || { cat /tmp/bench.log >&2; exit 1; }
	echo $((($(now_ms) - ms) * 1000000))
}

# rate COMMAND... : how long an operation takes while this runs.
rate()
{
	ops=$(operations)
	ns=$(took "$@") || exit
	ops=$(($(operations) - ops))
	[ $ops -gt 0 ] || { cat /tmp/bench.log >&2; exit 1; }
	echo $((ns / ops))
}

# measure TIMES NAME X COMMAND... : COMMAND prints a value each time.
measure()
{
	times=$1
	line="bench: $2 $3"
	shift 3
	for _ in $(seq "$times"); do
		value=$("$@") || exit
		line="$line $value"
	done
	echo "$line"
}

count()
{
	find "$1" -maxdepth 1 -name "$2" | wc -l
}

# It ends with 1 where memory has to stay, as that of the kernel does; a skip, or
# what keeps it from running, is another number.
upstream()
{
	./mem-on-off-test.sh -r 100 || [ $? -eq 1 ]
}

# Ours, a bare loop, upstream's script and stress-ng.
loops()
{
	./hotplug_bench block 20 0 || exit
	measure $TURNS upstream 0 rate upstream
	measure $TURNS stress-ng 0 rate stress-ng --memhotplug 0 --timeout 3 --quiet
}

nodes()
{
	nr=$(count /sys/devices/system/node 'node[0-9]*')
	measure $TIMES rebuild "$nr" cat $debugfs/rebuild
	measure $TIMES walk "$nr" cat $debugfs/walk
}

caches()
{
	for nr in 125 250 500 1000 2000; do
		echo $nr >$debugfs/caches || exit
		./hotplug_bench block $TIMES $nr &&
			./hotplug_bench cpu $TIMES $nr &&
			./hotplug_bench slab $TIMES $nr || exit
	done
}

count_blocks()
{
	count /sys/devices/system/memory 'memory[0-9]*'
}

blocks()
{
	./hotplug_bench blocks $TIMES "$(count_blocks)"
}

# What "make run" runs. A kernel without detectors lacks what some cases need: the
# same ones on all machines.
suite()
{
	for test in memory_block_test slab_read_test mem-on-off-test.sh; do
		measure $TURNS $test "$(count_blocks)" took ./$test
	done
}

# What a CPU and a memory block cost while nothing else goes on.
cpus()
{
	./hotplug_bench cpu $TIMES "$(nproc)" &&
		./hotplug_bench block $TIMES "$(nproc)"
}

# switch FILE OFF ON: for ever.
switch()
{
	while :; do
		echo "$2" >"$1"
		echo "$3" >"$1"
	done 2>/dev/null
}

# All CPUs but the first, and all memory blocks that may go, at once.
racing()
{
	nr=$(nproc)
	pids=
	for cpu in /sys/devices/system/cpu/cpu[0-9]*/online; do
		switch "$cpu" 0 1 &
		pids="$pids $!"
	done
	for block in /sys/devices/system/memory/memory*/state; do
		[ "$(cat "$block")" = offline ] || continue
		switch "$block" online_movable offline &
		pids="$pids $!"
	done
	# What is asked is how much they get done in so much time.
	measure $TURNS racing "$nr" rate sleep 3
	# shellcheck disable=SC2086 # one word a process is meant
	kill $pids
	wait
}

# The console takes its time for whatever is printed meanwhile.
read -r level _ </proc/sys/kernel/printk
trap 'dmesg -n "$level"' EXIT
dmesg -n 1
"$(tr ' ' '\n' </proc/cmdline | sed -n 's/^memhp\.bench=//p')"
