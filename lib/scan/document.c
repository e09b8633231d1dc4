/* What of a document decides what runs, and so is scanned. */
#include "core/auto.h"
#include "core/mem.h"
#include "scan/section.h"

/* Copies a text that must live as long as the scan. */
static struct ae_str
keep(struct ae_scan *s, struct ae_str text)
{
	return ae_arena_str(&s->arena, text);
}

static const struct ae_value *
text_value(struct ae_scan *s, jv v)
{
	return jv_get_kind(v) == JV_KIND_STRING
		   ? ae_value_string(&s->arena, ae_doc_text(v))
		   : &ae_value_unknown;
}

/* sys.argv, "$@": the program's own name first. */
static void
take_args(struct ae_scan *s, jv root)
{
	AE_AUTO_JV jv args = ae_doc_get(root, "args");
	int n = ae_doc_len(args);
	const struct ae_value **v = NULL;

	if (!jv_is_valid(args))
		return;
	v = ae_arena_alloc(&s->arena, ((size_t)n + 1) * sizeof *v);
	v[0] = ae_value_string(&s->arena, AE_STR("program"));
	for (int i = 0; i < n; i++) {
		AE_AUTO_JV jv a = ae_doc_at(args, i);

		v[i + 1] = text_value(s, a);
	}
	s->argv = ae_value_list(&s->arena, v, (size_t)n + 1);
}

/* Variables that make a loader or an interpreter run something else. */
static bool
is_loader(struct ae_str name)
{
	static const char *const names[] = {"PATH", "PYTHONPATH", "PYTHONHOME",
	    "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONBREAKPOINT",
	    "PYTHONWARNINGS", "PYTHONUSERBASE", "PYTHONPLATLIBDIR",
	    "PYTHONEXECUTABLE", "PYTHONCASEOK", "NODE_OPTIONS", "NODE_PATH",
	    "NODE_EXTRA_CA_CERTS", "BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS",
	    "PROMPT_COMMAND", "PS4", "IFS", "CDPATH", "GLOBIGNORE",
	    "GCONV_PATH", "HOSTALIASES", "LOCPATH", "NLSPATH", "PERL5OPT",
	    "PERL5LIB", "PERLLIB", "RUBYOPT", "RUBYLIB", "GIT_SSH",
	    "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "PAGER",
	    "MANPAGER", "EDITOR", "VISUAL", "BROWSER", "LESSOPEN", "LESSCLOSE",
	    "TAR_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "OPENSSL_CONF",
	    "OPENSSL_MODULES"};

	if (ae_str_starts(name, "LD_") || ae_str_starts(name, "DYLD_") ||
	    ae_str_starts(name, "BASH_FUNC_") || ae_str_starts(name, "GLIBC_"))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (ae_str_eq(name, names[i]))
			return true;
	return false;
}

/* A unit that only serves as the place of a finding. */
static struct ae_scan_unit *
place_in(
    struct ae_scan *s, const char *kind, struct ae_str name, struct ae_str text)
{
	struct ae_scan_unit *u = ae_arena_alloc(&s->arena, sizeof *u);
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	ae_buf_addf(&b, "%s/", kind);
	ae_buf_str(&b, name);
	u->in = ae_arena_str(&s->arena, ae_buf_view(&b)).s;
	u->text = keep(s, text);
	return u;
}

static void
scan_env(struct ae_scan *s, jv root)
{
	AE_AUTO_JV jv env = ae_doc_get(root, "env");
	AE_AUTO_JV jv keys = jv_null();
	const struct ae_value **v = NULL;
	struct ae_value *map = NULL;
	int n = 0;

	if (jv_get_kind(env) != JV_KIND_OBJECT)
		return;
	keys = jv_keys(jv_copy(env));
	n = ae_doc_len(keys);
	v = ae_arena_alloc(&s->arena, 2 * (size_t)n * sizeof *v);
	for (int i = 0; i < n; i++) {
		AE_AUTO_JV jv key = ae_doc_at(keys, i);
		AE_AUTO_JV jv value = ae_doc_get(env, jv_string_value(key));
		struct ae_str text = ae_doc_text(value);

		v[2 * i] = text_value(s, key);
		v[2 * i + 1] = text_value(s, value);
		if (is_loader(ae_doc_text(key)))
			ae_scan_hit_id(s,
			    place_in(s, "env", ae_doc_text(key), text),
			    "env.loader", 0, (uint32_t)text.len);
	}
	map = ae_value_list(&s->arena, v, 2 * (size_t)n);
	map->kind = AE_VALUE_MAP;
	s->env = map;
}

/* ---- files -------------------------------------------------------------- */

/* Modules of the standard library that programs import, by file name. */
static bool
is_module(struct ae_str stem)
{
	static const char names[] =
	    " abc argparse array ast asyncio base64 bisect builtins calendar "
	    "cmath codecs collections colorsys concurrent configparser "
	    "contextlib copy csv ctypes dataclasses datetime decimal difflib "
	    "dis email encodings enum errno fnmatch fractions ftplib functools "
	    "gc genericpath getopt getpass glob gzip hashlib heapq hmac html "
	    "http importlib inspect io ipaddress itertools json keyword "
	    "linecache locale logging lzma math mimetypes multiprocessing "
	    "numbers operator os pathlib pickle platform posixpath pprint "
	    "queue random re reprlib sched secrets select shelve shlex shutil "
	    "signal site sitecustomize smtplib socket sqlite3 ssl stat "
	    "statistics string struct subprocess sys sysconfig tarfile "
	    "tempfile textwrap threading time timeit tkinter token tokenize "
	    "traceback types typing unicodedata unittest urllib usercustomize "
	    "uuid warnings weakref xml zipfile zipimport zlib _collections_abc "
	    "numpy pandas requests ";
	char key[64];

	if (stem.len == 0 || stem.len > sizeof key - 3)
		return false;
	key[0] = ' ';
	memcpy(key + 1, stem.s, stem.len);
	key[stem.len + 1] = ' ';
	return memmem(names, sizeof names - 1, key, stem.len + 2) != NULL;
}

static bool
shadows(const struct ae_lang *lang, struct ae_str path)
{
	long slash = ae_str_find(path, '/');
	struct ae_str top =
	    slash >= 0 ? ae_str_sub(path, 0, (size_t)slash) : path;
	long dot = ae_str_find(top, '.');

	if (lang->grammar == AE_GRAMMAR_JAVASCRIPT)
		return ae_str_eq(top, "node_modules") ||
		       ae_str_eq(path, "package.json");
	if (lang->grammar != AE_GRAMMAR_PYTHON)
		return false;
	if (ae_str_ends(path, ".pth") || ae_str_ends(path, ".so") ||
	    ae_str_ends(path, ".pyc"))
		return true;
	if (slash < 0 && !ae_str_ends(path, ".py"))
		return false;
	return is_module(dot > 0 ? ae_str_sub(top, 0, (size_t)dot) : top);
}

static int
scan_file(struct ae_scan *s, const struct ae_langs *langs,
    const struct ae_lang *lang, jv file, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	const struct ae_lang *own = NULL;
	struct ae_scan_unit *u = NULL;
	struct ae_str path;

	if (ae_doc_str(file, "path", &path, err) != 0 ||
	    ae_doc_get_bytes(file, "content", &b, err) != 0)
		return ae_fail_in(err, "files");
	u = place_in(s, "files", path, ae_buf_view(&b));
	if (shadows(lang, path))
		ae_scan_hit_id(s, u, "file.shadows", 0, 0);
	own = ae_lang_of_file(langs, path.s, u->text);
	if (own == NULL)
		return 0;
	return ae_scan_text(s, u->in, own->grammar, u->text, err);
}

static int
scan_files(struct ae_scan *s, const struct ae_langs *langs,
    const struct ae_lang *lang, jv root, struct ae_err *err)
{
	AE_AUTO_JV jv files = ae_doc_get(root, "files");

	for (int i = 0; i < ae_doc_len(files); i++) {
		AE_AUTO_JV jv file = ae_doc_at(files, i);

		if (scan_file(s, langs, lang, file, err) != 0)
			return -1;
	}
	return 0;
}

int
ae_scan_document(struct ae_scan *s, const struct ae_langs *langs,
    const struct ae_lang *lang, jv root, struct ae_err *err)
{
	struct ae_str code, tests;
	AE_AUTO_JV jv input = ae_doc_get(root, "stdin");

	if (ae_doc_str(root, "code", &code, err) != 0)
		return -1;
	take_args(s, root);
	scan_env(s, root);
	s->input = text_value(s, input);
	if (ae_scan_text(s, "code", lang->grammar, keep(s, code), err) != 0)
		return -1;
	if (ae_doc_has(root, "tests")) {
		if (ae_doc_str(root, "tests", &tests, err) != 0 ||
		    ae_scan_text(
			s, "tests", lang->grammar, keep(s, tests), err) != 0)
			return -1;
	}
	if (scan_files(s, langs, lang, root, err) != 0)
		return -1;
	ae_scan_finish(s);
	return 0;
}
