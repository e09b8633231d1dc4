#include <stdlib.h>
#include <string.h>

#include "scan/bash.h"

/* {a,b} and {1..9}: one word that becomes several. */

/* {a..b} and {a..b..c}; false if it is no range or a long one. */
static bool
range(struct ae_str in, struct sh *sh, struct ae_str before,
    struct ae_str after,
    void (*each)(struct sh *, struct ae_str, struct sh_fields *),
    struct sh_fields *out)
{
	char text[64], *rest;
	long from, to, step = 1;
	bool letters;

	if (in.len < 4 || in.len >= sizeof(text))
		return false;
	memcpy(text, in.s, in.len);
	text[in.len] = '\0';
	letters = sh_name_len(ae_strn(text, 1)) != 0;
	from = letters ? text[0] : strtol(text, &rest, 10);
	if (letters)
		rest = text + 1;
	if (strncmp(rest, "..", 2) != 0 || rest == text)
		return false;
	rest += 2;
	to = letters ? rest[0] : strtol(rest, &rest, 10);
	if (letters && *rest != '\0')
		rest++;
	if (strncmp(rest, "..", 2) == 0)
		step = labs(strtol(rest + 2, &rest, 10));
	if (*rest != '\0' || step == 0 || labs(to - from) / step > 256)
		return false;
	for (long i = from; from <= to ? i <= to : i >= to;
	     i += from <= to ? step : -step) {
		AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

		ae_buf_str(&b, before);
		if (letters)
			ae_buf_putc(&b, (char)i);
		else
			ae_buf_addf(&b, "%ld", i);
		ae_buf_str(&b, after);
		each(sh, ae_arena_str(sh->arena, ae_buf_view(&b)), out);
	}
	return true;
}

/* Where the first "{...}" with a comma or a range is; false: nowhere. */
static bool
find_braces(struct ae_str raw, size_t *open, size_t *close, bool *comma)
{
	for (size_t i = 0; i < raw.len;) {
		size_t j, depth = 1;

		if (raw.s[i] != '{') {
			i = sh_skip(raw, i, NULL);
			continue;
		}
		*open = i;
		*comma = false;
		for (j = i + 1; j < raw.len;) {
			if (raw.s[j] == '{')
				depth++;
			else if (raw.s[j] == '}' && --depth == 0)
				break;
			else if (raw.s[j] == ',' && depth == 1)
				*comma = true;
			j = raw.s[j] == '{' || raw.s[j] == '}'
				? j + 1
				: sh_skip(raw, j, NULL);
		}
		*close = j;
		if (j < raw.len &&
		    (*comma || (j > i + 3 &&
				   memmem(raw.s + i, j - i, "..", 2) != NULL)))
			return true;
		i++;
	}
	return false;
}

static void
alternatives(struct sh *sh, struct ae_str raw, size_t open, size_t close,
    struct sh_fields *out)
{
	struct ae_str before = ae_str_sub(raw, 0, open);
	struct ae_str after = ae_str_sub(raw, close + 1, raw.len);
	size_t from = open + 1, depth = 0;

	for (size_t i = open + 1; i <= close;) {
		char c = raw.s[i];

		if (c == '{')
			depth++;
		if ((c == ',' && depth == 0) || i == close) {
			AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

			ae_buf_str(&b, before);
			ae_buf_str(&b, ae_str_sub(raw, from, i));
			ae_buf_str(&b, after);
			sh_braces(
			    sh, ae_arena_str(sh->arena, ae_buf_view(&b)), out);
			from = i + 1;
		}
		if (c == '}' && depth > 0)
			depth--;
		i = c == '{' || c == '}' || i == close ? i + 1
						       : sh_skip(raw, i, NULL);
	}
}

void
sh_braces(struct sh *sh, struct ae_str raw, struct sh_fields *out)
{
	size_t open, close;
	bool comma;

	if (out->n >= SH_MAX_FIELDS / 4 || sh->nest >= SH_MAX_NEST ||
	    memchr(raw.s, '{', raw.len) == NULL ||
	    !find_braces(raw, &open, &close, &comma)) {
		sh_one_word(sh, raw, out);
		return;
	}
	sh->nest++;
	if (comma)
		alternatives(sh, raw, open, close, out);
	else if (!range(ae_str_sub(raw, open + 1, close), sh,
		     ae_str_sub(raw, 0, open),
		     ae_str_sub(raw, close + 1, raw.len), sh_braces, out))
		sh_one_word(sh, raw, out);
	sh->nest--;
}
