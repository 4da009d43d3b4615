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
passed=0
failed=0
out=$(mktemp)
scratch=$(mktemp -d "$tree/memhp-lint.XXXXXX")
trap 'rm -rf "$out" "$scratch"' EXIT
trap 'exit 130' INT TERM

# check NAME COMMAND... : it must succeed and print nothing.
check()
{
	name=$1
	shift
	if "$@" >"$out" 2>&1 && ! [ -s "$out" ]; then
		passed=$((passed + 1))
		echo "ok      $name"
	else
		failed=$((failed + 1))
		echo "FAILED  $name"
		sed 's/^/	/' "$out"
	fi
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
	make -s -C "$tree" O="$scratch" ARCH=x86_64 W=1 C=2 \
		CF=-D__CHECK_ENDIAN__ CC="${CC:-gcc}" "$@" >"$scratch/log" 2>&1 ||
		{ tail -n 20 "$scratch/log"; return 1; }
	grep -E 'lib/kunit/(zonelist|memhp)|^(zonelist|memhp)' "$scratch/log"
	return 0
}

kselftests()
{
	# shellcheck disable=SC2046 # one word a file is meant
	for file in $(ours 'tools/testing/selftests/*.c'); do
		gcc -Wall -Wextra -Wno-unused-parameter -Werror -O2 \
			-fsyntax-only -D_GNU_SOURCE= \
			-isystem "$obj/usr/include" \
			-I"$tree/tools/testing/selftests/memory-hotplug" \
			"$tree/$file" || return
	done
}

for file in $(ours '*.c' '*.h'); do
	check "checkpatch $file" perl "$tree/scripts/checkpatch.pl" --strict \
		--quiet --no-summary --no-tree -f "$file"
done
for file in $(ours 'lib/kunit/*.c' 'lib/kunit/*.h' \
		   'tools/testing/selftests/*.h'); do
	check "kernel-doc $file" env perl "$tree/scripts/kernel-doc" -none \
		-Werror "$file"
done
# shellcheck disable=SC2046 # one word a file is meant
check shellcheck shellcheck .ci/run \
	$(ours scripts | grep -E '\.sh$|guest/')
# shellcheck disable=SC2046 # one word a file is meant
check pyflakes pyflakes3 $(ours '*.py')
check 'SPDX lines' spdx
check 'white space' whitespace
check 'kselftests -Wall -Wextra' kselftests
check 'W=1 and sparse' kbuild

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
