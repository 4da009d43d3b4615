#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# One check of make lint: lint_check.sh NAME COMMAND... It must succeed and print
# nothing. Says so in one piece, for others run beside it.

name=$1
shift
if out=$("$@" 2>&1) && [ -z "$out" ]; then
	echo "ok      $name"
else
	printf 'FAILED  %s\n%s\n' "$name" \
		"$(printf '%s\n' "$out" | sed 's/^/	/')"
fi
