/*
 * cgroup-find.h - below which directory each controller can be used.
 */
#ifndef AE_SANDBOX_CGROUP_FIND_H
#define AE_SANDBOX_CGROUP_FIND_H

#include "sandbox/cgroup.h"

struct ae_cgroup_base {
	char *dir; /* the caller frees; NULL: not to be had */
	int version;
};

/* From /proc/self/mountinfo and /proc/self/cgroup, one for each controller. */
void ae_cgroup_bases(struct ae_cgroup_base[AE_CG_N]);

#endif
