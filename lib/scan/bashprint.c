#include <string.h>

#include "core/auto.h"
#include "scan/bash.h"

/* What echo and printf write. */

const struct ae_value *
sh_joined(struct sh *sh, const struct sh_fields *argv, size_t i)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	uint64_t from = 0;

	for (size_t k = i; k < argv->n && b.len < AE_FOLD_MAX; k++) {
		const struct ae_value *v = sh_choose(sh, argv->v[k]);

		if (k > i)
			ae_buf_putc(&b, ' ');
		if (v->kind == AE_VALUE_STRING)
			ae_buf_str(&b, v->s);
		else
			ae_buf_putc(&b, AE_HOLE);
		from |= ae_value_origins(v);
	}
	return sh_text(sh, ae_buf_view(&b), from);
}

const struct ae_value *
sh_echo(struct sh *sh, const struct sh_fields *argv)
{
	bool escapes = false, newline = true;
	const struct ae_value *v;
	size_t i = 1;

	for (; i < argv->n; i++) {
		struct ae_str o = sh_arg(argv, i);

		if (o.len < 2 || o.s[0] != '-' ||
		    strspn(o.s + 1, "neE") != o.len - 1)
			break;
		newline = newline && memchr(o.s, 'n', o.len) == NULL;
		escapes = escapes || memchr(o.s, 'e', o.len) != NULL;
	}
	v = sh_joined(sh, argv, i);
	if (escapes) {
		AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

		newline = sh_escapes(&b, sh_str(v), true) && newline;
		v = sh_text(sh, ae_buf_view(&b), v->from);
	}
	return newline ? sh_concat(sh, v, sh_text(sh, AE_STR("\n"), 0)) : v;
}

/* One conversion of printf, its letter at f.s[i]. */
static void
convert(struct sh *sh, struct ae_buf *b, char how, const struct ae_value *v,
    uint64_t *from)
{
	struct ae_str s = sh_str(v);
	long n;

	if (v != NULL)
		*from |= ae_value_origins(v);
	switch (how) {
	case 's':
	case 'q':
		ae_buf_str(b, s);
		break;
	case 'b':
		sh_escapes(b, s, true);
		break;
	case 'c':
		ae_buf_str(b, ae_str_sub(s, 0, 1));
		break;
	default:
		if (s.len > 1 && (s.s[0] == '\'' || s.s[0] == '"'))
			n = (unsigned char)s.s[1];
		else if (!sh_arith_int(sh, s, &n)) {
			ae_buf_putc(b, AE_HOLE);
			break;
		}
		ae_buf_addf(b,
		    how == 'x'	 ? "%lx"
		    : how == 'X' ? "%lX"
		    : how == 'o' ? "%lo"
				 : "%ld",
		    n);
		break;
	}
}

/* The format once; *arg moves on.  False: it takes no argument. */
static bool
format_once(struct sh *sh, struct ae_buf *b, struct ae_str f,
    const struct sh_fields *argv, size_t *arg, uint64_t *from)
{
	bool took = false;

	for (size_t i = 0; i < f.len; i++) {
		if (f.s[i] != '%') {
			ae_buf_putc(b, f.s[i]);
			continue;
		}
		i++;
		if (i < f.len && f.s[i] == '%') {
			ae_buf_putc(b, '%');
			continue;
		}
		while (i < f.len &&
		       memchr("-+ #0123456789.*l", f.s[i], 18) != NULL)
			i++;
		if (i >= f.len)
			break;
		if (f.s[i] == '(') {
			ae_buf_putc(b, AE_HOLE);
			i = sh_skip_pair(f, i, '(', ')', NULL);
			continue;
		}
		took = true;
		convert(
		    sh, b, f.s[i], *arg < argv->n ? argv->v[*arg] : NULL, from);
		++*arg;
	}
	return took;
}

const struct ae_value *
sh_printf(struct sh *sh, const struct sh_fields *argv)
{
	AE_AUTO_BUF struct ae_buf format = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	size_t arg = 1;
	uint64_t from = 0;
	unsigned turns = 0;
	bool more;

	if (ae_str_eq(sh_arg(argv, 1), "-v"))
		arg = 3;
	else if (ae_str_eq(sh_arg(argv, 1), "--"))
		arg = 2;
	if (arg >= argv->n)
		return sh_text(sh, AE_STR(""), 0);
	from = ae_value_origins(argv->v[arg]);
	/* The format's own escapes are worked out before its arguments. */
	sh_escapes(&format, sh_arg(argv, arg++), true);
	do
		more = format_once(
		    sh, &b, ae_buf_view(&format), argv, &arg, &from);
	while (
	    more && arg < argv->n && ++turns < 1000 && b.len < AE_FOLD_MAX / 4);
	return sh_text(sh, ae_buf_view(&b), from);
}
