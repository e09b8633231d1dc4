/* What a program sends to a name server, as ae-init reads it. */

#include <stdlib.h>
#include <string.h>

#include "sandbox/init/question.c"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char name[260];

	if (question_name(data, len, name, sizeof(name)) &&
	    strlen(name) >= sizeof(name))
		abort();
	return 0;
}
