/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_ZONELIST_ACCESS_H
#define _LIB_KUNIT_ZONELIST_ACCESS_H

#include <linux/types.h>

struct pt_regs;

bool zonelist_access_make(struct pt_regs *regs, bool *stored);

#endif
