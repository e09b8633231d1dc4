#include <string.h>

#include "scan/shell.h"

/* Code that is not written in the program: where it comes from. */

/* Past "local -r" and the like. */
static struct ae_str
behind_declaration(struct ae_str s)
{
	static const char *const words[] = {"local ", "declare ", "typeset ",
	    "export ", "readonly ", "unset ", "set -- "};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (ae_str_starts(s, words[i]))
			s = ae_str_sub(s, strlen(words[i]), s.len);
	while (s.len > 2 && s.s[0] == '-') {
		size_t n = 0;

		while (n < s.len && s.s[n] != ' ')
			n++;
		s = ae_str_sub(s, n + 1, s.len);
	}
	return s;
}

/*
 * Whether nothing in a value can be run: no substitution, no end of a
 * command, and no hole but in the names of variables.
 */
static bool
is_mere_value(struct ae_str s)
{
	for (size_t i = 0; i < s.len;) {
		if (s.s[i] == '$' && i + 1 < s.len && s.s[i + 1] == '{') {
			size_t end = sh_skip(s, i, NULL);
			struct ae_str in = ae_str_sub(s, i, end);

			if (memmem(in.s, in.len, "$(", 2) != NULL ||
			    memchr(in.s, '`', in.len) != NULL)
				return false;
			i = end;
			continue;
		}
		if (s.s[i] == '$' && i + 1 < s.len && s.s[i + 1] == AE_HOLE) {
			i += 2;
			continue;
		}
		if (memchr("`;|&\n<>\x01", s.s[i], 8) != NULL ||
		    (s.s[i] == '$' && i + 1 < s.len && s.s[i + 1] == '('))
			return false;
		i++;
	}
	return true;
}

/*
 * eval "$name=\$value": an assignment to a variable whose name is computed,
 * as it was written before there was declare -n.
 */
static bool
runs_nothing(struct ae_str s)
{
	size_t n = 0;
	bool set = ae_str_starts(s, "set -- ");

	s = behind_declaration(s);
	if (set || ae_str_starts(s, "(( "))
		return is_mere_value(s);
	while (n < s.len && (s.s[n] == AE_HOLE || s.s[n] == '_' ||
				sh_name_len(ae_str_sub(s, n, n + 1)) != 0 ||
				(n > 0 && s.s[n] >= '0' && s.s[n] <= '9')))
		n++;
	if (n == 0)
		return false;
	if (n < s.len && s.s[n] == '[')
		n = sh_skip_pair(s, n, '[', ']', NULL);
	if (n < s.len && s.s[n] == '+')
		n++;
	return n < s.len && s.s[n] == '=' &&
	       is_mere_value(ae_str_sub(s, n + 1, s.len));
}

/* "sh -c 'echo $x'": the command is known, its words will be looked at. */
static bool
begins_known(struct ae_str s)
{
	return s.len > 1 && s.s[0] != AE_HOLE && s.s[0] != '$';
}

bool
sh_judge_code(struct sh *sh, const struct ae_value *v)
{
	static const struct {
		uint64_t from;
		const char *id;
	} origins[] = {
	    {AE_FACT(SOCKET), "bash.shell.reverse"},
	    {AE_FACT(DOWNLOAD), "bash.exec.download"},
	    {AE_FACT(DECODE), "bash.exec.decoded"},
	    {SH_FROM_PAYLOAD, "bash.exec.decoded"},
	    {AE_FACT(INPUT), "bash.exec.input"},
	};
	uint64_t from = ae_value_origins(v);

	if (from & SH_FROM_SELF && sh->loops != 0 &&
	    ae_str_eq(sh_str(v), "./\x01"))
		sh_hit(sh, "bash.proc.forkbomb");
	if (v->kind == AE_VALUE_STRING && runs_nothing(v->s))
		return ae_value_is_text(v);
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++)
		if (from & origins[i].from) {
			sh_hit(sh, origins[i].id);
			return true;
		}
	if (!ae_value_is_text(v) && !begins_known(sh_str(v)))
		sh_hit(sh, "bash.exec.computed");
	return true;
}

/* What "#!" says that the text is for; "" if it says nothing. */
static struct ae_str
shebang(struct ae_str s)
{
	size_t end = 0, from;

	if (!ae_str_starts(s, "#!"))
		return AE_STR("");
	while (end < s.len && s.s[end] != '\n')
		end++;
	from = end;
	while (from > 0 && memchr("/ \t", s.s[from - 1], 3) == NULL)
		from--;
	return ae_str_sub(s, from, end);
}

static void
run_content(struct sh *sh, const struct ae_value *v)
{
	struct ae_str by = shebang(sh_str(v));

	/* Machine code that was written byte by byte. */
	if (ae_str_starts(sh_str(v), "\x7f"
				     "ELF"))
		sh_hit(sh, "bash.exec.decoded");

	if (ae_str_starts(by, "python"))
		ae_scan_nested_value(sh->scan, sh->unit, AE_GRAMMAR_PYTHON, v,
		    sh->start, sh->end);
	else if (ae_str_starts(by, "node"))
		ae_scan_nested_value(sh->scan, sh->unit, AE_GRAMMAR_JAVASCRIPT,
		    v, sh->start, sh->end);
	else if (by.len == 0 || sh_is_shell(by))
		sh_run_value(sh, v);
	else
		sh_foreign(sh, sh_str(v));
}

static bool
is_stdin(struct ae_str path)
{
	return ae_str_eq(path, "/dev/stdin") || ae_str_eq(path, "/dev/fd/0") ||
	       ae_str_eq(path, "/proc/self/fd/0");
}

/* "$dir/lib.sh": a name that is known, in a directory that is not. */
static bool
is_sibling(const struct ae_value *path)
{
	struct ae_str s = sh_str(path);

	return s.len > 2 && s.s[1] == '/' &&
	       memchr(s.s + 1, AE_HOLE, s.len - 1) == NULL &&
	       !(ae_value_origins(path) & (AE_FACT(INPUT) | AE_FACT(DOWNLOAD)));
}

void
sh_run_file(struct sh *sh, const struct ae_value *path, bool source)
{
	const struct ae_value *p = sh_resolve(sh, sh_choose(sh, path)), *v;
	struct ae_str s = sh_str(p);
	const char *class;

	v = is_stdin(s) && sh->in != NULL ? sh->in : sh_file_get(sh, s);
	if (ae_value_origins(p) & SH_FROM_SELF && sh->loops != 0 && !source)
		sh_hit(sh, "bash.proc.forkbomb");
	if (v != NULL) {
		sh_judge_code(sh, v);
		run_content(sh, v);
		return;
	}
	ae_scan_ran(sh->scan, sh->unit, s, sh->start, sh->end);
	if (s.len == 0 || s.s[0] == AE_HOLE) {
		if (!is_sibling(p) &&
		    !(sh->dead && ae_value_origins(p) & AE_FACT(INPUT)))
			sh_hit(sh, "bash.exec.computed");
		return;
	}
	if (ae_value_origins(p) & SH_FROM_SELF)
		return;
	class = sh_class(sh, p);
	if (strcmp(class, "temporary") == 0)
		sh_hit(sh, "bash.exec.temporary");
	else if (ae_str_starts(s, "/dev/fd/") || ae_str_starts(s, "/proc/"))
		sh_hit(sh, "bash.exec.computed");
	else if (source && !sh_class_is_ours(class))
		ae_scan_need(sh->scan, sh->unit, AE_CAP_READ, s, AE_RISK_LOW,
		    sh->start, sh->end);
}

void
sh_search_rights(struct sh *sh, struct ae_str mode, const struct ae_value *top)
{
	struct ae_str digits = mode;

	if (ae_str_starts(mode, "-") || ae_str_starts(mode, "/") ||
	    ae_str_starts(mode, "+"))
		digits = ae_str_sub(mode, 1, mode.len);
	if (ae_str_starts(digits, "0"))
		digits = ae_str_sub(digits, 1, digits.len);
	if (sh_class_is_ours(sh_class(sh, top)))
		return;
	if ((digits.len == 4 && strchr("2467", digits.s[0]) != NULL) ||
	    memmem(mode.s, mode.len, "=s", 2) != NULL ||
	    memmem(mode.s, mode.len, "+s", 2) != NULL)
		sh_hit(sh, "bash.sys.search-rights");
}

void
sh_truncate(struct sh *sh, struct ae_str path)
{
	(void)path;
	ae_scan_facts(sh->scan, sh->unit, AE_FACT(WRITE), sh->start, sh->end);
}
