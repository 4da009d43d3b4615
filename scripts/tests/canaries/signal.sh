#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Ends by a signal, after saying that all is well.

echo 'TAP version 13'
echo '1..1'
echo 'ok 1 canary'
kill -SEGV $$
