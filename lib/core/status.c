#include "core/status.h"

static int
rank(enum ae_status s)
{
	switch (s) {
	case AE_GOOD:
		return 0;
	case AE_BAD:
		return 1;
	case AE_TRY_AGAIN:
		return 2;
	case AE_NOT_DONE:
	case AE_OWN_FAILURE:
		break;
	}
	return 3;
}

enum ae_status
ae_status_worse(enum ae_status a, enum ae_status b)
{
	return rank(b) > rank(a) ? b : a;
}
