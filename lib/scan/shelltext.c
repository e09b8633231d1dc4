#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* What filters make of text that is known. */

typedef const struct ae_value *filter(
    struct sh_cmd *, const struct ae_value *in);

/* Text with the line end that every line has. */
static const struct ae_value *
line(struct sh *sh, struct ae_str s, uint64_t from)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	ae_buf_str(&b, s);
	ae_buf_putc(&b, '\n');
	return sh_text(sh, ae_buf_view(&b), from);
}

static const struct ae_value *
f_same(struct sh_cmd *c, const struct ae_value *in)
{
	(void)c;
	return in;
}

/* So many bytes or lines from the beginning. */
static const struct ae_value *
f_head(struct sh_cmd *c, const struct ae_value *in)
{
	const struct ae_value *bytes = NULL, *lines = NULL;
	struct ae_str s = sh_str(in);
	long n = 10;
	size_t i = 0;

	sh_flag(c, "-c,--bytes", &bytes);
	sh_flag(c, "-n,--lines", &lines);
	if (bytes != NULL)
		return sh_arith_int(c->sh, sh_str(bytes), &n) && n >= 0
			   ? sh_text(
				 c->sh, ae_str_sub(s, 0, (size_t)n), in->from)
			   : in;
	if (lines == NULL || !sh_arith_int(c->sh, sh_str(lines), &n) || n < 0)
		return in;
	while (i < s.len && n > 0)
		n -= s.s[i++] == '\n';
	return sh_text(c->sh, ae_str_sub(s, 0, i), in->from);
}

static const struct ae_value *
decoded(struct sh_cmd *c, const struct ae_value *v, const struct ae_value *in)
{
	if (v == NULL || v->kind != AE_VALUE_STRING)
		return sh_hole(c->sh, in->from | c->from | AE_FACT(DECODE));
	return sh_text(c->sh, v->s, in->from | AE_FACT(DECODE));
}

static const struct ae_value *
compact(struct sh *sh, const struct ae_value *in)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = sh_str(in);

	for (size_t i = 0; i < s.len; i++)
		if (memchr(" \t\r\n", s.s[i], 4) == NULL)
			ae_buf_putc(&b, s.s[i]);
	return sh_text(sh, ae_buf_view(&b), in->from);
}

static const struct ae_value *
f_base64(struct sh_cmd *c, const struct ae_value *in)
{
	if (!sh_flag(c, "-d,-D,--decode", NULL))
		return NULL;
	return decoded(
	    c, ae_fold_base64(&c->sh->scan->fold, compact(c->sh, in)), in);
}

static const struct ae_value *
f_base32(struct sh_cmd *c, const struct ae_value *in)
{
	if (!sh_flag(c, "-d,-D,--decode", NULL))
		return NULL;
	return decoded(
	    c, ae_fold_base32(&c->sh->scan->fold, compact(c->sh, in)), in);
}

static const struct ae_value *
f_xxd(struct sh_cmd *c, const struct ae_value *in)
{
	if (!sh_flag(c, "-r", NULL))
		return NULL;
	return decoded(
	    c, ae_fold_hex(&c->sh->scan->fold, compact(c->sh, in)), in);
}

static const struct ae_value *
f_gunzip(struct sh_cmd *c, const struct ae_value *in)
{
	if (ae_str_eq(c->name, "gzip") && !sh_flag(c, "-d,--decompress", NULL))
		return NULL;
	return decoded(c, ae_fold_inflate(&c->sh->scan->fold, in), in);
}

static const struct ae_value *
f_openssl(struct sh_cmd *c, const struct ae_value *in)
{
	if (!sh_flag(c, "-d", NULL))
		return NULL;
	if (c->ops.n != 0 && (ae_str_eq(sh_str(c->ops.v[0]), "base64") ||
				 (ae_str_eq(sh_str(c->ops.v[0]), "enc") &&
				     sh_flag(c, "-base64", NULL))))
		return f_base64(c, in);
	return sh_hole(c->sh, in->from | AE_FACT(DECODE));
}

static const struct ae_value *
f_rev(struct sh_cmd *c, const struct ae_value *in)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = sh_str(in);

	for (size_t i = 0; i < s.len;) {
		size_t from = i, to;

		while (i < s.len && s.s[i] != '\n')
			i++;
		for (to = i; to > from; to--)
			ae_buf_putc(&b, s.s[to - 1]);
		if (i < s.len)
			ae_buf_putc(&b, s.s[i++]);
	}
	return sh_text(c->sh, ae_buf_view(&b), in->from);
}

static const struct ae_value *
f_tac(struct sh_cmd *c, const struct ae_value *in)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = sh_str(in);
	size_t end = s.len;

	while (end > 0) {
		size_t from = end - (s.s[end - 1] == '\n');

		while (from > 0 && s.s[from - 1] != '\n')
			from--;
		ae_buf_str(&b, ae_str_sub(s, from, end));
		end = from;
	}
	return sh_text(c->sh, ae_buf_view(&b), in->from);
}

/* A set of tr: ranges, escapes and the classes that are in use. */
static void
expand_set(struct ae_buf *b, struct ae_str s)
{
	AE_AUTO_BUF struct ae_buf plain = AE_BUF_INIT;

	if (ae_str_eq(s, "[:upper:]"))
		s = AE_STR("A-Z");
	if (ae_str_eq(s, "[:lower:]"))
		s = AE_STR("a-z");
	sh_escapes(&plain, s, true);
	for (size_t i = 0; i < plain.len; i++) {
		int from = (unsigned char)plain.s[i];

		if (i + 2 < plain.len && plain.s[i + 1] == '-') {
			int to = (unsigned char)plain.s[i + 2];

			for (; from <= to; from++)
				ae_buf_putc(b, (char)from);
			i += 2;
		} else if (plain.s[i] != '[' && plain.s[i] != ']') {
			ae_buf_putc(b, plain.s[i]);
		}
	}
}

static const struct ae_value *
f_tr(struct sh_cmd *c, const struct ae_value *in)
{
	AE_AUTO_BUF struct ae_buf from = AE_BUF_INIT, to = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = sh_str(in);
	bool delete = sh_flag(c, "-d,--delete", NULL);

	if (c->ops.n == 0 || sh_flag(c,
				 "-c,-C,--complement,-s,"
				 "--squeeze-repeats",
				 NULL))
		return NULL;
	expand_set(&from, sh_str(c->ops.v[0]));
	if (c->ops.n > 1)
		expand_set(&to, sh_str(c->ops.v[1]));
	for (size_t i = 0; i < s.len; i++) {
		const char *p =
		    from.len != 0 ? memrchr(from.s, s.s[i], from.len) : NULL;
		size_t at = p != NULL ? (size_t)(p - from.s) : 0;

		if (p == NULL || (to.len == 0 && !delete))
			ae_buf_putc(&b, s.s[i]);
		else if (!delete)
			ae_buf_putc(&b, to.s[at < to.len ? at : to.len - 1]);
	}
	return sh_text(c->sh, ae_buf_view(&b), in->from);
}

/* s/a/b/ with a literal pattern, as the only command. */
static const struct ae_value *
f_sed(struct sh_cmd *c, const struct ae_value *in)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = sh_str(in), script, what, with;
	size_t i, k;
	char d;

	if (c->ops.n == 0 || c->n_flags != 0)
		return NULL;
	script = sh_str(c->ops.v[0]);
	if (script.len < 4 || script.s[0] != 's')
		return NULL;
	d = script.s[1];
	for (i = 2; i < script.len && script.s[i] != d; i++)
		;
	what = ae_str_sub(script, 2, i);
	for (k = i + 1; k < script.len && script.s[k] != d; k++)
		;
	with = ae_str_sub(script, i + 1, k);
	for (size_t n = 0; n < what.len; n++)
		if (memchr(".*[]^$\\", what.s[n], 7) != NULL)
			return NULL;
	if (memchr(with.s, '&', with.len) != NULL || what.len == 0 ||
	    memchr(with.s, '\\', with.len) != NULL)
		return NULL;
	for (i = 0; i < s.len && b.len < AE_FOLD_MAX;) {
		if (s.len - i >= what.len &&
		    memcmp(s.s + i, what.s, what.len) == 0) {
			ae_buf_str(&b, with);
			i += what.len;
			if (k + 1 >= script.len || script.s[k + 1] != 'g')
				break;
		} else {
			ae_buf_putc(&b, s.s[i++]);
		}
	}
	ae_buf_str(&b, ae_str_sub(s, i, s.len));
	return sh_text(c->sh, ae_buf_view(&b), in->from);
}

static const struct ae_value *
f_cut(struct sh_cmd *c, const struct ae_value *in)
{
	const struct ae_value *bytes = NULL;
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = sh_str(in), spec;
	long from, to;
	long dash;

	if (!sh_flag(c, "-c,-b,--characters,--bytes", &bytes) ||
	    memchr(s.s, '\n', s.len > 0 ? s.len - 1 : 0) != NULL)
		return NULL;
	spec = sh_str(bytes);
	dash = ae_str_find(spec, '-');
	if (memchr(spec.s, ',', spec.len) != NULL)
		return NULL;
	if (!sh_arith_int(c->sh,
		ae_str_sub(spec, 0, dash >= 0 ? (size_t)dash : spec.len),
		&from) ||
	    !sh_arith_int(c->sh,
		ae_str_sub(spec, dash >= 0 ? (size_t)dash + 1 : 0, spec.len),
		&to))
		return NULL;
	if (dash >= 0 && (size_t)dash + 1 == spec.len)
		to = (long)s.len;
	if (from < 1)
		from = 1;
	if (to < from)
		return NULL;
	if (s.len != 0 && s.s[s.len - 1] == '\n')
		s.len--;
	ae_buf_str(&b, ae_str_sub(s, (size_t)from - 1, (size_t)to));
	return line(c->sh, ae_buf_view(&b), in->from);
}

/* A file's content that this program wrote itself. */
static const struct ae_value *
contents(struct sh_cmd *c)
{
	const struct ae_value *v = NULL;

	for (size_t i = 0; i < c->ops.n; i++) {
		const struct ae_value *one =
		    sh_file_get(c->sh, sh_str(sh_resolve(c->sh, c->ops.v[i])));

		if (one == NULL)
			return NULL;
		v = v == NULL ? one : sh_concat(c->sh, v, one);
	}
	return v;
}

/* ---- commands that only look at their arguments -------------------------- */

static struct ae_str
last_part(struct ae_str s, bool dir)
{
	size_t n;

	while (s.len > 1 && s.s[s.len - 1] == '/')
		s.len--;
	n = s.len;
	while (n > 0 && s.s[n - 1] != '/')
		n--;
	if (!dir)
		return ae_str_sub(s, n, s.len);
	if (n == 0)
		return AE_STR(".");
	return n > 1 ? ae_str_sub(s, 0, n - 1) : AE_STR("/");
}

static const struct ae_value *
f_dirname(struct sh_cmd *c, const struct ae_value *in)
{
	(void)in;
	return c->ops.n == 0 ? NULL
			     : line(c->sh,
				   sh_str(sh_part_of(c->sh, c->ops.v[0],
				       last_part(sh_str(c->ops.v[0]), true))),
				   c->ops.v[0]->from);
}

static const struct ae_value *
f_basename(struct sh_cmd *c, const struct ae_value *in)
{
	struct ae_str s;

	(void)in;
	if (c->ops.n == 0)
		return NULL;
	s = last_part(sh_str(c->ops.v[0]), false);
	if (c->ops.n > 1 && ae_str_ends(s, sh_str(c->ops.v[1]).s))
		s.len -= sh_str(c->ops.v[1]).len;
	return line(c->sh, s, c->ops.v[0]->from);
}

static const struct ae_value *
f_path(struct sh_cmd *c, const struct ae_value *in)
{
	(void)in;
	return c->ops.n == 0
		   ? NULL
		   : line(c->sh, sh_str(sh_resolve(c->sh, c->ops.v[0])),
			 c->ops.v[0]->from);
}

static const struct ae_value *
f_which(struct sh_cmd *c, const struct ae_value *in)
{
	(void)in;
	return c->ops.n == 0
		   ? NULL
		   : line(c->sh, sh_str(c->ops.v[0]), c->ops.v[0]->from);
}

static const struct ae_value *
f_mktemp(struct sh_cmd *c, const struct ae_value *in)
{
	const struct ae_value *dir = NULL;
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s;

	(void)in;
	if (sh_flag(c, "-p,--tmpdir", &dir) && dir != NULL)
		ae_buf_str(&b, sh_str(dir));
	if (c->ops.n != 0) {
		if (b.len != 0)
			ae_buf_putc(&b, '/');
		s = sh_str(c->ops.v[0]);
		while (s.len != 0 && s.s[s.len - 1] == 'X')
			s.len--;
		ae_buf_str(&b, s);
	}
	if (b.len == 0)
		ae_buf_puts(&b, "/tmp/tmp.");
	/* Each has a name of its own, whatever it is. */
	if (b.s[0] == '/')
		ae_buf_addf(&b, "%u", ++c->sh->temps);
	else
		ae_buf_putc(&b, AE_HOLE);
	return line(c->sh, ae_buf_view(&b), 0);
}

static const struct ae_value *
f_echo(struct sh_cmd *c, const struct ae_value *in)
{
	(void)in;
	return sh_echo(c->sh, c->argv);
}

static const struct ae_value *
f_printf(struct sh_cmd *c, const struct ae_value *in)
{
	(void)in;
	return sh_printf(c->sh, c->argv);
}

/* Without an argument from outside nothing that it prints can be code. */
static const struct ae_value *
f_getopt(struct sh_cmd *c, const struct ae_value *in)
{
	(void)in;
	return sh_text(c->sh, AE_STR(" -- \x01"), 0);
}

static const struct {
	const char *name;
	filter *fn;
	bool reads; /* its input, or files that are known */
} filters[] = {
    {"cat", f_same, true},
    {"tee", f_same, true},
    {"head", f_head, true},
    {"tail", f_same, true},
    {"sort", f_same, true},
    {"uniq", f_same, true},
    {"strings", f_same, true},
    {"fold", f_same, true},
    {"dos2unix", f_same, true},
    {"base64", f_base64, true},
    {"base32", f_base32, true},
    {"xxd", f_xxd, true},
    {"gunzip", f_gunzip, true},
    {"zcat", f_gunzip, true},
    {"gzcat", f_gunzip, true},
    {"gzip", f_gunzip, true},
    {"zlib-flate", f_gunzip, true},
    {"openssl", f_openssl, true},
    {"rev", f_rev, true},
    {"tac", f_tac, true},
    {"tr", f_tr, true},
    {"sed", f_sed, true},
    {"cut", f_cut, true},
    {"dirname", f_dirname, false},
    {"basename", f_basename, false},
    {"realpath", f_path, false},
    {"readlink", f_path, false},
    {"which", f_which, false},
    {"mktemp", f_mktemp, false},
    {"tempfile", f_mktemp, false},
    {"echo", f_echo, false},
    {"printf", f_printf, false},
    {"getopt", f_getopt, false},
};

/* Decoders of what is not known: the mark stays. */
bool
sh_decodes(const struct sh_cmd *c)
{
	static const char *const always[] = {"gunzip", "zcat", "gzcat",
	    "bunzip2", "bzcat", "unxz", "xzcat", "uudecode", "zstdcat", "lzcat",
	    "zlib-flate", NULL};
	static const char *const with_d[] = {"base64", "base32", "openssl",
	    "gzip", "bzip2", "xz", "gpg", "zstd", "basenc", NULL};

	if (sh_one_of(c->name, always))
		return true;
	if (sh_one_of(c->name, with_d))
		return sh_flag(
		    c, "-d,-D,--decode,--decompress,--decrypt", NULL);
	return ae_str_eq(c->name, "xxd") && sh_flag(c, "-r", NULL);
}

const struct ae_value *
sh_filter(struct sh_cmd *c)
{
	const struct ae_value *in = c->sh->in, *v = NULL;
	uint64_t from = c->from;
	bool from_ops =
	    !ae_str_eq(c->name, "tr") && !ae_str_eq(c->name, "sed") &&
	    !ae_str_eq(c->name, "tee") && !ae_str_eq(c->name, "openssl");

	if (c->ops.n != 0 && from_ops)
		in = contents(c);
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (!ae_str_eq(c->name, filters[i].name))
			continue;
		if (!filters[i].reads)
			v = filters[i].fn(c, in);
		else if (in != NULL && ae_value_is_text(in))
			v = filters[i].fn(c, in);
		else if (in != NULL &&
			 (filters[i].fn == f_same || filters[i].fn == f_head))
			v = in;
		break;
	}
	if (v != NULL)
		return v;
	if (!sh_decodes(c))
		return NULL;
	if (c->sh->in != NULL)
		from |= c->sh->in->from;
	return sh_hole(c->sh, from | AE_FACT(DECODE));
}
