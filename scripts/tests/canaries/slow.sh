#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Exceeds the time limit of a test.

sleep 1000
