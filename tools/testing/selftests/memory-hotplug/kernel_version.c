// SPDX-License-Identifier: GPL-2.0
#include "kernel_version.h"

#include <stdio.h>
#include <sys/utsname.h>

bool kernel_before(unsigned int version, unsigned int patchlevel)
{
	unsigned int ours, level;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%u.%u", &ours, &level) != 2)
		return false;
	return ours < version || (ours == version && level < patchlevel);
}
