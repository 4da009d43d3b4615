#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Gives the hung task detector the time to look.

sleep 8
