#include "sandbox/init/init.h"

#include <unistd.h>

void
notify_take(struct init *in)
{
	(void)in;
}

void
notify_end(struct init *in)
{
	close(in->notify);
	in->notify = -1;
}
