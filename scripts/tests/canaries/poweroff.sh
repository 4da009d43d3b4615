#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Ends the guest in the middle of the tests.

poweroff -f
