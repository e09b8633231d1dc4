/* A model's answer: a program that is part of it, or a reason. */
#include <assert.h>
#include <stdint.h>

#include "gen/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char name[] = "python", py[] = "py", bare[] = "^\\w+\\(";
	static char *aliases[] = {py};
	static struct ae_lang lang = {
	    .name = name, .aliases = {aliases, 1}, .bare = bare};
	static const struct ae_langs langs = {&lang, 1};
	AE_AUTO_BUF struct ae_buf code = AE_BUF_INIT;
	struct ae_err err = {""};

	if (ae_extract(ae_strn((const char *)data, len), &lang, &langs, &code,
	        &err) == 0)
		assert(code.len != 0 && code.len <= len + 1);
	else
		assert(err.msg[0] != '\0');
	return 0;
}
