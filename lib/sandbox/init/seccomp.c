#include "sandbox/init/init.h"

int
seccomp_apply(const struct init *in)
{
	(void)in;
	return 0;
}
