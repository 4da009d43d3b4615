#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A peer of our tests, see scripts/peers.py: one worker for each CPU takes all
# memory blocks offline and online.

exec stress-ng --memhotplug 0 --timeout 10 --verify --metrics-brief
