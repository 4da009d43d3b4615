#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Gives the hung task detector the time to look.

until dmesg | grep -q 'blocked for more than'; do
	sleep 1
done
