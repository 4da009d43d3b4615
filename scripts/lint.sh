#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# make lint: what the kernel's and the distribution's checkers say of our
# files, all of it, and "N passed, N failed, N skipped" at the end. Needs the
# tree and the objects that "make run" has built: lint.sh TREE OBJECTS
#
# Runs in a copy of the objects: checkers build with flags of their own.

set -u

cd "$(dirname "$0")/.." || exit 1
tree=$1
obj=$2
log=$(mktemp)
scratch=$(mktemp -d "$tree/memhp-lint.XXXXXX")
trap 'rm -rf "$log" "$scratch"' EXIT
trap 'exit 130' INT TERM

# check NAME COMMAND... : it must succeed and print nothing.
check()
{
	scripts/lint_check.sh "$@"
}

# each NAME COMMAND... : the same for each file of standard input, on all CPUs.
each()
{
	name=$1
	shift
	parallel --will-cite --keep-order --quote \
		scripts/lint_check.sh "$name {}" "$@" {} ||
		echo "FAILED  $name: parallel"
}

# silent NAME FUNCTION : the same for a function of ours.
silent()
{
	found=$("$2" 2>&1) || found="$found
$2 failed"
	check "$1" printf %s "$found"
}

ours()
{
	git ls-files -co --exclude-standard -- "$@"
}

spdx()
{
	ours | while read -r file; do
		case $file in
		COPYING) continue ;;
		esac
		[ -s "$file" ] || continue
		head -n 3 "$file" | grep -q SPDX-License-Identifier ||
			echo "$file: no SPDX line"
	done
}

# Trailing white space, and whatever else git considers an error.
whitespace()
{
	empty=$(git hash-object -t tree /dev/null)
	git -c core.whitespace=-blank-at-eof diff --check "$empty" -- .
}

# W=1 and sparse, for the objects that are ours. Other files' warnings, from
# headers for example, are not for us to fix. What decodes another arch's
# instructions compiles there only.
kbuild()
{
	cp -a "$obj/." "$scratch" || return
	# shellcheck disable=SC2046 # one word a file is meant
	set -- $(ours 'lib/kunit/*.c' | grep -v -e watch_step -e watch_before -e access | sed 's/\.c$/.o/')
	(cd "$scratch" && rm -f "$@")
	make -s -j"$(nproc)" -C "$tree" O="$scratch" ARCH=x86_64 W=1 C=2 \
		CF=-D__CHECK_ENDIAN__ CC="${CC:-gcc}" "$@" >"$scratch/log" 2>&1 ||
		{ tail -n 20 "$scratch/log"; return 1; }
	grep -E 'lib/kunit/(zonelist|memhp)|^(zonelist|memhp)' "$scratch/log"
	return 0
}

checks()
{
	ours '*.c' '*.h' |
		each checkpatch perl "$tree/scripts/checkpatch.pl" --strict \
			--quiet --no-summary --no-tree -f
	ours 'lib/kunit/*.c' 'lib/kunit/*.h' 'tools/testing/selftests/*.h' |
		each kernel-doc perl "$tree/scripts/kernel-doc" -none -Werror
	# What -Wextra says of the harness itself is not for us to fix.
	ours 'tools/testing/selftests/*.c' |
		each 'gcc -Wall -Wextra' gcc -Wall -Wextra \
			-Wno-unused-parameter -Werror -O2 -fsyntax-only \
			-D_GNU_SOURCE= -isystem "$obj/usr/include" \
			-I"$tree/tools/testing/selftests/memory-hotplug"
	# shellcheck disable=SC2046 # one word a file is meant
	check shellcheck shellcheck .ci/run \
		$(ours scripts | grep -E '\.sh$|guest/')
	# shellcheck disable=SC2046 # one word a file is meant
	check pyflakes pyflakes3 $(ours '*.py')
	silent 'SPDX lines' spdx
	silent 'white space' whitespace
	silent 'W=1 and sparse' kbuild
}

checks | tee "$log"
passed=$(grep -c '^ok  ' "$log")
failed=$(grep -c '^FAILED  ' "$log")
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
