#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Outlives the guest's time limit.

sleep 1000
