#include "core/opt.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/mem.h"
#include "core/msg.h"
#include "core/num.h"
#include "core/status.h"

enum { MAX_OPTIONS = 64, LONG_ONLY = 256 };

static const struct ae_opt common_table[] = {
    {'j', NULL, "N", "work on N documents at once", AE_OPT_INT,
	offsetof(struct ae_common, jobs), 1, 256},
    {0, "config", "FILE", "read this configuration alone", AE_OPT_STR,
	offsetof(struct ae_common, config), 0, 0},
    {0, "pretty", NULL, "indent the documents", AE_OPT_FLAG,
	offsetof(struct ae_common, pretty), 0, 0},
    {'v', "verbose", NULL, "say more on stderr", AE_OPT_FLAG,
	offsetof(struct ae_common, verbose), 0, 0},
    {'q', "quiet", NULL, "say only errors", AE_OPT_FLAG,
	offsetof(struct ae_common, quiet), 0, 0},
};

static const struct ae_opt last_table[] = {
    {'h', "help", NULL, "print this", AE_OPT_FLAG, 0, 0, 0},
    {0, "version", NULL, "print the version", AE_OPT_FLAG, 0, 0, 0},
};

/* All tables of one call as one list; base is where values go. */
struct row {
	const struct ae_opt *opt;
	void *base;
};

struct rows {
	struct row row[MAX_OPTIONS];
	size_t n;
};

static void
add_rows(struct rows *r, const struct ae_opt *t, size_t n, void *base)
{
	for (size_t i = 0; i < n && r->n < MAX_OPTIONS; i++)
		r->row[r->n++] = (struct row){&t[i], base};
}

static void
print_row(FILE *f, const struct ae_opt *o)
{
	char text[80];
	int n = 0;

	if (o->letter != 0)
		n = snprintf(text, sizeof text, "-%c%s", o->letter,
		    o->name != NULL ? ", " : "");
	if (o->name != NULL)
		n += snprintf(
		    text + n, sizeof text - (size_t)n, "--%s", o->name);
	if (o->arg != NULL)
		snprintf(text + n, sizeof text - (size_t)n, "%s%s",
		    o->kind == AE_OPT_OPTIONAL ? "[=" : " ", o->arg);
	if (o->kind == AE_OPT_OPTIONAL)
		strncat(text, "]", sizeof text - strlen(text) - 1);
	fprintf(f, "  %-26s %s\n", text, o->help);
}

static void
print_usage(FILE *f, const struct ae_usage *u, const struct rows *r)
{
	fprintf(f, "usage: %s [OPTION ...]%s%s\n", u->program,
	    u->operands[0] != '\0' ? " " : "", u->operands);
	fprintf(f, "%s\n\n", u->what);
	for (size_t i = 0; i < r->n; i++)
		print_row(f, r->row[i].opt);
}

static int
set_int(const struct ae_opt *o, int64_t *to, const char *value)
{
	struct ae_err err;

	if (ae_num_int(ae_str(value), o->min, o->max, to, &err) == 0)
		return 0;
	ae_error("%s%s: %s", o->name != NULL ? "--" : "-",
	    o->name != NULL ? o->name : (char[]){o->letter, '\0'}, err.msg);
	return -1;
}

static void
add_to_list(struct ae_opt_list *l, const char *value)
{
	l->v = ae_xrealloc(l->v, l->n + 1, sizeof *l->v);
	l->v[l->n++] = value;
}

/* Stores one value.  -1 if it is out of range, which has been told. */
static int
store(const struct row *r, const char *value)
{
	void *to = (char *)r->base + r->opt->offset;

	switch (r->opt->kind) {
	case AE_OPT_FLAG:
		*(bool *)to = true;
		return 0;
	case AE_OPT_STR:
		*(const char **)to = value;
		return 0;
	case AE_OPT_OPTIONAL:
		*(const char **)to = value != NULL ? value : "";
		return 0;
	case AE_OPT_INT:
		return set_int(r->opt, to, value);
	case AE_OPT_LIST:
		add_to_list(to, value);
		return 0;
	}
	return -1;
}

/* getopt's two descriptions of the rows. */
static void
describe(const struct rows *r, char *letters, struct option *longs)
{
	*letters++ = ':';
	for (size_t i = 0; i < r->n; i++) {
		const struct ae_opt *o = r->row[i].opt;

		if (o->letter != 0) {
			*letters++ = o->letter;
			if (o->arg != NULL)
				*letters++ = ':';
		}
		if (o->name != NULL)
			*longs++ = (struct option){o->name,
			    o->arg == NULL		 ? no_argument
			    : o->kind == AE_OPT_OPTIONAL ? optional_argument
							 : required_argument,
			    NULL, LONG_ONLY + (int)i};
	}
	*letters = '\0';
	*longs = (struct option){NULL, 0, NULL, 0};
}

static const struct row *
row_of(const struct rows *r, int c)
{
	if (c >= LONG_ONLY)
		return &r->row[c - LONG_ONLY];
	for (size_t i = 0; i < r->n; i++)
		if (r->row[i].opt->letter == c)
			return &r->row[i];
	return NULL;
}

static int
hint(const struct ae_usage *u)
{
	fprintf(stderr, "try: %s -h\n", u->program);
	return AE_NOT_DONE;
}

static int
fail_parse(const struct ae_usage *u, int c, char *argv[])
{
	const char *word = argv[optind - 1];

	if (c == ':')
		ae_error("option %s needs an argument", word);
	else if (optopt != 0 && optopt < LONG_ONLY)
		ae_error("unknown option -%c", optopt);
	else
		ae_error("unknown option %s", word);
	return hint(u);
}

int
ae_opt_usage(const struct ae_usage *u, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	ae_error("%s", text);
	return hint(u);
}

int
ae_opt_parse(const struct ae_usage *u, int argc, char *argv[], void *opts,
    struct ae_common *common, int *operand)
{
	struct rows r = {.n = 0};
	char letters[2 * MAX_OPTIONS + 2];
	struct option longs[MAX_OPTIONS + 1];
	int c = 0;

	ae_msg_init(u->program, AE_NORMAL);
	add_rows(&r, u->table, u->n, opts);
	if (common != NULL)
		add_rows(&r, common_table,
		    sizeof common_table / sizeof common_table[0], common);
	add_rows(
	    &r, last_table, sizeof last_table / sizeof last_table[0], NULL);
	describe(&r, letters, longs);
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct row *row =
		    c == '?' || c == ':' ? NULL : row_of(&r, c);

		if (row == NULL)
			return fail_parse(u, c, argv);
		if (row->opt == &last_table[0]) {
			print_usage(stdout, u, &r);
			return fflush(stdout) != 0 ? AE_NOT_DONE : AE_GOOD;
		}
		if (row->opt == &last_table[1]) {
			printf("%s %s\n", u->program, AE_VERSION);
			return fflush(stdout) != 0 ? AE_NOT_DONE : AE_GOOD;
		}
		if (store(row, optarg) != 0)
			return hint(u);
	}
	if (common != NULL && (common->verbose || common->quiet))
		ae_msg_init(
		    u->program, common->verbose ? AE_VERBOSE : AE_QUIET);
	*operand = optind;
	return AE_OPT_GO;
}

void
ae_opt_free(const struct ae_usage *u, void *opts)
{
	for (size_t i = 0; i < u->n; i++) {
		struct ae_opt_list *l = NULL;

		if (u->table[i].kind != AE_OPT_LIST)
			continue;
		l = (void *)((char *)opts + u->table[i].offset);
		free(l->v);
		*l = (struct ae_opt_list){NULL, 0};
	}
}
