#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# setup.sh PURPOSE... : see that the host has what scripts/packages.txt lists
# for these purposes. Root with apt gets what is missing installed; anybody
# else is told the command. Reads ARCH, KERNEL and KDIR; ARCHES and KERNELS are
# lists of these, for "make matrix".

set -eu

here=$(dirname "$0")
arches=${ARCHES:-${ARCH:-x86_64}}
kernels=${KERNELS:-${KERNEL:-6.12}}

# Whose kselftests test it: see scripts/tree.py.
case " $kernels " in
*" 6.1 "*) kernels="$kernels 6.12" ;;
esac

missing=
while read -r for_arch purpose package probe _; do
	case $for_arch in
	''|'#'*) continue ;;
	esac
	case " all $arches " in
	*" $for_arch "*) ;;
	*) continue ;;
	esac
	case " $* " in
	*" $purpose "*) ;;
	*) continue ;;
	esac
	case $package in
	linux-source-*)
		[ -n "${KDIR:-}" ] && continue
		case " $kernels " in
		*" ${package#linux-source-} "*) ;;
		*) continue ;;
		esac
		;;
	esac
	case $probe in
	/*) [ -e "$probe" ] || missing="$missing $package" ;;
	*) command -v "$probe" >/dev/null || missing="$missing $package" ;;
	esac
done <"$here/packages.txt"

[ -z "$missing" ] && exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
	echo "memhp: missing on this host:$missing" >&2
	echo "memhp: install with: sudo $install" >&2
	exit 1
fi

echo "setup: installing$missing"
begin=$(date +%s)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive $install; } \
	>"$log" 2>&1 </dev/null; then
	why=$(grep '^E: ' "$log" | head -n 1)
	echo "memhp: $install: ${why:-failed}" >&2
	exit 1
fi
echo "setup: $(($(date +%s) - begin)) s"
