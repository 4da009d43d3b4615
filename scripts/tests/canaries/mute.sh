#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Takes the kernel's console away.

dmesg -n 1
