#include "lang/lang.h"

#include <dirent.h>
#include <errno.h>
#include <strings.h>

#include "conf/path.h"
#include "conf/yaml.h"
#include "core/mem.h"

static const char *const grammar_names[AE_GRAMMARS] = {
    [AE_GRAMMAR_PYTHON] = "python",
    [AE_GRAMMAR_JAVASCRIPT] = "javascript",
    [AE_GRAMMAR_BASH] = "bash",
};

enum kind { WORD, WORDS, GRAMMAR };

/* The keys of lang.yaml and where each goes. */
static const struct key {
	const char *name;
	enum kind kind;
	size_t offset;
	bool required;
} keys[] = {
    {"grammar", GRAMMAR, offsetof(struct ae_lang, grammar), true},
    {"aliases", WORDS, offsetof(struct ae_lang, aliases), false},
    {"extensions", WORDS, offsetof(struct ae_lang, extensions), true},
    {"interpreters", WORDS, offsetof(struct ae_lang, interpreters), true},
    {"version", WORDS, offsetof(struct ae_lang, version), true},
    {"start", WORDS, offsetof(struct ae_lang, start), true},
    {"least", WORD, offsetof(struct ae_lang, least), true},
    {"program", WORD, offsetof(struct ae_lang, program), true},
    {"program_module", WORD, offsetof(struct ae_lang, program_module), false},
    {"fixed", WORD, offsetof(struct ae_lang, fixed), false},
    {"bare", WORD, offsetof(struct ae_lang, bare), false},
};
enum { N_KEYS = sizeof keys / sizeof keys[0] };

static void
words_free(struct ae_words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i]);
	free(w->v);
}

static void
lang_free(struct ae_lang *l)
{
	words_free(&l->aliases);
	words_free(&l->extensions);
	words_free(&l->interpreters);
	words_free(&l->version);
	words_free(&l->start);
	free(l->name);
	free(l->dir);
	free(l->least);
	free(l->program);
	free(l->program_module);
	free(l->fixed);
	free(l->bare);
}

static int
read_words(
    const struct ae_yaml_node *n, struct ae_words *to, struct ae_err *err)
{
	AE_AUTO_FREE struct ae_str *list = NULL;
	size_t count = 0;

	if (ae_yaml_list(n, &list, &count, err) != 0)
		return -1;
	to->v = ae_xcalloc(count, sizeof *to->v);
	for (size_t i = 0; i < count; i++)
		to->v[to->n++] = ae_xmemdup(list[i].s, list[i].len);
	return 0;
}

static int
read_grammar(
    const struct ae_yaml_node *n, enum ae_grammar *to, struct ae_err *err)
{
	for (size_t i = 0; i < AE_GRAMMARS; i++)
		if (n->kind == AE_YAML_SCALAR &&
		    ae_str_eq(n->s, grammar_names[i])) {
			*to = (enum ae_grammar)i;
			return 0;
		}
	return ae_yaml_fail(n, err, "no such grammar");
}

static int
read_key(const struct key *k, const struct ae_yaml_node *n, struct ae_lang *l,
    struct ae_err *err)
{
	void *to = (char *)l + k->offset;
	struct ae_str s = AE_STR_INIT;

	if (k->kind == WORDS)
		return read_words(n, to, err);
	if (k->kind == GRAMMAR)
		return read_grammar(n, to, err);
	if (ae_yaml_str(n, &s, err) != 0)
		return -1;
	*(char **)to = ae_xmemdup(s.s, s.len);
	return 0;
}

static int
read_lang(
    const struct ae_yaml_node *root, struct ae_lang *l, struct ae_err *err)
{
	const char *names[N_KEYS];

	for (size_t i = 0; i < N_KEYS; i++)
		names[i] = keys[i].name;
	if (ae_yaml_known(root, names, N_KEYS, err) != 0)
		return -1;
	for (size_t i = 0; i < N_KEYS; i++) {
		const struct ae_yaml_node *n = ae_yaml_get(root, keys[i].name);

		if (n == NULL && keys[i].required)
			return ae_yaml_fail(
			    root, err, "no \"%s\"", keys[i].name);
		if (n != NULL && read_key(&keys[i], n, l, err) != 0)
			return -1;
	}
	return 0;
}

/* Adds the language of dir/name; one of the same name is replaced. */
static int
add_lang(
    struct ae_langs *ls, const char *dir, const char *name, struct ae_err *err)
{
	AE_AUTO_FREE char *path = ae_xasprintf("%s/%s/lang.yaml", dir, name);
	AE_AUTO_YAML struct ae_yaml *y = NULL;
	struct ae_lang l = {0};
	size_t i = 0;

	if (ae_path_trusted(path, err) != 0)
		return errno == ENOENT ? 0 : -1;
	y = ae_yaml_load(path, err);
	if (y == NULL || read_lang(ae_yaml_root(y), &l, err) != 0) {
		lang_free(&l);
		return -1;
	}
	l.name = ae_xstrdup(name);
	l.dir = ae_xasprintf("%s/%s", dir, name);
	while (i < ls->n && strcmp(ls->v[i].name, name) != 0)
		i++;
	if (i < ls->n) {
		lang_free(&ls->v[i]);
	} else {
		ls->v = ae_xrealloc(ls->v, ls->n + 1, sizeof *ls->v);
		ls->n++;
	}
	ls->v[i] = l;
	return 0;
}

static void
auto_closedir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static int
add_dir(struct ae_langs *ls, const char *dir, struct ae_err *err)
{
	AE_AUTO(auto_closedir) DIR *d = opendir(dir);
	const struct dirent *e = NULL;

	if (d == NULL)
		return ae_path_is_absent(errno)
			   ? 0
			   : ae_fail_sys(err, "open %s", dir);
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' &&
		    add_lang(ls, dir, e->d_name, err) != 0)
			return -1;
	return 0;
}

struct ae_langs *
ae_langs_load(struct ae_err *err)
{
	AE_AUTO_LANGS struct ae_langs *ls = ae_xcalloc(1, sizeof *ls);
	AE_AUTO_FREE char *data = ae_path_data("lang");
	AE_AUTO_FREE char *user = ae_path_user_config("lang");

	if (add_dir(ls, data, err) != 0 ||
	    (user != NULL && add_dir(ls, user, err) != 0))
		return NULL;
	if (ls->n == 0) {
		ae_fail(err, "no languages below %s", data);
		return NULL;
	}
	return ae_steal(&ls);
}

void
ae_langs_free(struct ae_langs *ls)
{
	if (ls == NULL)
		return;
	for (size_t i = 0; i < ls->n; i++)
		lang_free(&ls->v[i]);
	free(ls->v);
	free(ls);
}

void
ae_langs_auto_free(struct ae_langs **ls)
{
	ae_langs_free(*ls);
}

static bool
is_word(struct ae_str s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.s, word, s.len) == 0;
}

static bool
has_word(const struct ae_words *w, struct ae_str s)
{
	for (size_t i = 0; i < w->n; i++)
		if (is_word(s, w->v[i]))
			return true;
	return false;
}

const struct ae_lang *
ae_lang_find(const struct ae_langs *ls, struct ae_str name)
{
	for (size_t i = 0; i < ls->n; i++)
		if (is_word(name, ls->v[i].name) ||
		    has_word(&ls->v[i].aliases, name))
			return &ls->v[i];
	return NULL;
}

/* Cuts the next word off *line. */
static struct ae_str
next_word(struct ae_str *line)
{
	size_t from = 0, to = 0;
	struct ae_str w;

	while (from < line->len && strchr(" \t", line->s[from]) != NULL)
		from++;
	to = from;
	while (to < line->len && strchr(" \t", line->s[to]) == NULL)
		to++;
	w = ae_str_sub(*line, from, to);
	*line = ae_str_sub(*line, to, line->len);
	return w;
}

static struct ae_str
base_name(struct ae_str path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.s[i - 1] == '/')
			return ae_str_sub(path, i, path.len);
	return path;
}

/* The program that a "#!" line starts, without directory and version. */
static struct ae_str
shebang(struct ae_str text)
{
	long nl = ae_str_find(text, '\n');
	struct ae_str line =
	    ae_str_sub(text, 2, nl < 0 ? text.len : (size_t)nl);
	struct ae_str w = AE_STR_INIT;

	if (!ae_str_starts(text, "#!"))
		return w;
	if (line.len != 0 && line.s[line.len - 1] == '\r')
		line.len--;
	w = base_name(next_word(&line));
	if (ae_str_eq(w, "env"))
		do
			w = base_name(next_word(&line));
		while (
		    w.len != 0 && (w.s[0] == '-' || ae_str_find(w, '=') >= 0));
	while (w.len != 0 && strchr("0123456789.", w.s[w.len - 1]) != NULL)
		w.len--;
	return w;
}

const struct ae_lang *
ae_lang_of_file(const struct ae_langs *ls, const char *path, struct ae_str text)
{
	struct ae_str base = base_name(ae_str(path));
	struct ae_str word = shebang(text);

	for (size_t i = base.len; i > 1; i--) {
		struct ae_str ext = ae_str_sub(base, i, base.len);

		if (base.s[i - 1] != '.')
			continue;
		for (size_t l = 0; l < ls->n; l++)
			if (has_word(&ls->v[l].extensions, ext))
				return &ls->v[l];
		break;
	}
	for (size_t l = 0; l < ls->n && word.len != 0; l++)
		if (is_word(word, ls->v[l].name) ||
		    has_word(&ls->v[l].interpreters, word) ||
		    has_word(&ls->v[l].aliases, word))
			return &ls->v[l];
	return NULL;
}

static void
name_all(const struct ae_langs *ls, struct ae_buf *to)
{
	for (size_t i = 0; i < ls->n; i++)
		ae_buf_addf(to, "%s%s", i != 0 ? ", " : "", ls->v[i].name);
}

const struct ae_lang *
ae_lang_of_doc(const struct ae_langs *ls, struct ae_doc *doc, const char *stage,
    const char *other, struct ae_err *err)
{
	struct ae_str name = ae_doc_str_or(doc->root, "language", other);
	const struct ae_lang *l = ae_lang_find(ls, name);
	AE_AUTO_BUF struct ae_buf all = AE_BUF_INIT;

	if (l == NULL) {
		name_all(ls, &all);
		ae_fail(err, "unknown language \"%.*s\" (there is: %s)",
		    (int)(name.len < 60 ? name.len : 60), name.s, all.s);
		ae_doc_fail(doc, stage, "language", false, err->msg);
		return NULL;
	}
	if (!ae_str_eq(name, l->name) || !ae_doc_has(doc->root, "language"))
		ae_doc_set(doc, "language", jv_string(l->name));
	return l;
}
