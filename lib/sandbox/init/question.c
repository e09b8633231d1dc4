#include <string.h>

#include "sandbox/init/init.h"

/* Bytes of the program's, that it can change as it likes. */
bool
question_name(const unsigned char *p, size_t len, char *name, size_t size)
{
	size_t at = 12, to = 0;

	/* Standard query, recursion desired, one question, no answers. */
	if (len < 17 || p[2] != 1 || p[4] != 0 || p[5] != 1 || p[6] != 0 ||
	    p[7] != 0)
		return false;
	while (at < len && p[at] != 0) {
		size_t n = p[at++];

		if (n > 63 || at + n >= len || to + n + 2 > size)
			return false;
		if (to > 0)
			name[to++] = '.';
		memcpy(name + to, p + at, n);
		to += n;
		at += n;
	}
	name[to] = '\0';
	return to > 0 && at < len && strlen(name) == to;
}
