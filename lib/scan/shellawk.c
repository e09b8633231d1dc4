#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* awk and sed: small languages with a way out. */

/* ---- awk ----------------------------------------------------------------- */

/* A string of awk's at s[i] (its first quote): its end. */
static size_t
awk_string(struct ae_str s, size_t i)
{
	for (i++; i < s.len && s.s[i] != '"'; i++)
		if (s.s[i] == '\\')
			i++;
	return i < s.len ? i : s.len;
}

static void
awk_command(struct sh_cmd *c, struct ae_str program, size_t i)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	size_t end;

	c->risk = AE_RISK_MEDIUM;
	sh_also_runs(c, AE_STR("sh"));
	while (i < program.len && program.s[i] == ' ')
		i++;
	if (i >= program.len || program.s[i] != '"') {
		sh_hit(c->sh, "bash.run.escape");
		return;
	}
	end = awk_string(program, i);
	sh_escapes(&b, ae_str_sub(program, i + 1, end), false);
	sh_run_value(c->sh, sh_text(c->sh, ae_buf_view(&b), 0));
}

/* print | "cmd", "cmd" | getline; "||" is another thing. */
static void
awk_pipe(struct sh_cmd *c, struct ae_str s, size_t i)
{
	size_t k = i + 1, string = i;

	if (k < s.len && s.s[k] == '&')
		k++;
	while (k < s.len && s.s[k] == ' ')
		k++;
	if (k < s.len && s.s[k] == '"') {
		awk_command(c, s, k);
		return;
	}
	if (!ae_str_starts(ae_str_sub(s, k, s.len), "getline"))
		return;
	while (string > 0 && (s.s[string - 1] == ' ' || s.s[string - 1] == '&'))
		string--;
	if (string > 0 && s.s[string - 1] == '"') {
		size_t from = string - 1;

		while (from > 0 && s.s[from - 1] != '"')
			from--;
		if (from > 0) {
			awk_command(c, s, from - 1);
			return;
		}
	}
	c->risk = AE_RISK_MEDIUM;
	sh_hit(c->sh, "bash.run.escape");
}

/* Where there is system(), any text may be what it runs. */
static void
awk_texts(struct sh_cmd *c, struct ae_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		size_t end;

		if (s.s[i] != '"')
			continue;
		end = awk_string(s, i);
		if (memchr(s.s + i, ' ', end - i) != NULL)
			sh_run_value(c->sh,
			    sh_text(c->sh, ae_str_sub(s, i + 1, end), 0));
		i = end;
	}
}

static void
awk_program(struct sh_cmd *c, struct ae_str s)
{
	bool runs = false, talks = false;

	for (size_t i = 0; i < s.len; i++) {
		struct ae_str rest = ae_str_sub(s, i, s.len);

		if (s.s[i] == '"') {
			size_t end = awk_string(s, i);

			talks = talks ||
				memmem(s.s + i, end - i, "/inet", 5) != NULL;
			i = end;
		} else if (ae_str_starts(rest, "system(") ||
			   ae_str_starts(rest, "system (")) {
			sh_hit(c->sh, "bash.run.escape");
			awk_command(c, s, i + (rest.s[6] == '(' ? 7 : 8));
			if (!runs)
				awk_texts(c, s);
			runs = true;
		} else if (s.s[i] == '|' && i + 1 < s.len &&
			   s.s[i + 1] == '|') {
			i++;
		} else if (s.s[i] == '|') {
			awk_pipe(c, s, i);
			runs = true;
		}
	}
	if (!talks)
		return;
	sh_hit(c->sh, runs ? "bash.shell.reverse" : "bash.net.client");
	c->risk = AE_RISK_MEDIUM;
}

void
sh_do_awk(struct sh_cmd *c)
{
	const struct ae_value *file = NULL, *code;
	size_t i = 0;

	if (!sh_flag(c, "-f,--file", &file)) {
		if (c->ops.n == 0)
			return;
		code = c->ops.v[i++];
		if (sh_flag(c, "-e,--source", &file))
			i = 0;
		awk_program(c, sh_str(file != NULL ? file : code));
	}
	for (; i < c->ops.n; i++)
		if (ae_str_find(sh_str(c->ops.v[i]), '=') < 0)
			sh_role(c, AE_STR("read"), c->ops.v[i]);
}

/* ---- sed ----------------------------------------------------------------- */

static size_t
sed_skip_to(struct ae_str s, size_t i, char end)
{
	while (i < s.len && s.s[i] != end) {
		if (s.s[i] == '\\')
			i++;
		i++;
	}
	return i < s.len ? i + 1 : s.len;
}

/* Past an address and blanks, to the letter of a command. */
static size_t
sed_address(struct ae_str s, size_t i)
{
	while (i < s.len) {
		if (memchr(" \t\n;{}!,~+$0123456789", s.s[i], 22) != NULL)
			i++;
		else if (s.s[i] == '/')
			i = sed_skip_to(s, i + 1, '/');
		else if (s.s[i] == '\\' && i + 1 < s.len)
			i = sed_skip_to(s, i + 2, s.s[i + 1]);
		else if ((s.s[i] == 'I' || s.s[i] == 'M') && i > 0 &&
			 s.s[i - 1] == '/')
			i++;
		else
			break;
	}
	return i;
}

static size_t
sed_file(struct sh_cmd *c, struct ae_str s, size_t i, const char *role)
{
	size_t from, to;

	while (i < s.len && s.s[i] == ' ')
		i++;
	from = i;
	while (i < s.len && s.s[i] != '\n')
		i++;
	to = i;
	if (to > from && !ae_str_starts(ae_str_sub(s, from, to), "/dev/std"))
		sh_role(c, ae_str(role),
		    sh_text(c->sh, ae_str_sub(s, from, to), 0));
	return i;
}

static size_t
sed_substitute(struct sh_cmd *c, struct ae_str s, size_t i, bool flags)
{
	char d = i < s.len ? s.s[i] : '/';

	i = sed_skip_to(s, i + 1, d);
	i = sed_skip_to(s, i, d);
	while (flags && i < s.len &&
	       memchr("gpiIMm0123456789ew", s.s[i], 18) != NULL) {
		if (s.s[i] == 'e') {
			sh_hit(c->sh, "bash.run.escape");
			c->risk = AE_RISK_MEDIUM;
		}
		if (s.s[i] == 'w') {
			c->risk = AE_RISK_MEDIUM;
			return sed_file(c, s, i + 1, "write");
		}
		i++;
	}
	return i;
}

static void
sed_script(struct sh_cmd *c, struct ae_str s)
{
	for (size_t i = 0; (i = sed_address(s, i)) < s.len;) {
		char letter = s.s[i++];

		switch (letter) {
		case 's':
		case 'y':
			i = sed_substitute(c, s, i, letter == 's');
			break;
		case 'e':
			sh_hit(c->sh, "bash.run.escape");
			c->risk = AE_RISK_MEDIUM;
			sh_run_value(c->sh,
			    sh_text(c->sh,
				ae_str_sub(s, i, sed_skip_to(s, i, '\n')), 0));
			i = sed_skip_to(s, i, '\n');
			break;
		case 'w':
		case 'W':
			c->risk = AE_RISK_MEDIUM;
			i = sed_file(c, s, i, "write");
			break;
		case 'r':
		case 'R':
			i = sed_file(c, s, i, "read");
			break;
		case 'a':
		case 'i':
		case 'c':
		case '#':
			i = sed_skip_to(s, i, '\n');
			break;
		case 'b':
		case 't':
		case 'T':
		case ':':
			while (i < s.len && s.s[i] != ';' && s.s[i] != '\n' &&
			       s.s[i] != '}')
				i++;
			break;
		default:
			break;
		}
	}
}

void
sh_do_sed(struct sh_cmd *c)
{
	bool in_place = sh_flag(c, "-i,--in-place", NULL);
	bool given = false;
	size_t i = 0;

	for (unsigned k = 0; k < c->n_flags; k++) {
		if ((ae_str_eq(c->flags[k], "-e") ||
			ae_str_eq(c->flags[k], "--expression")) &&
		    c->values[k] != NULL) {
			sed_script(c, sh_str(c->values[k]));
			given = true;
		}
		given = given || ae_str_eq(c->flags[k], "-f") ||
			ae_str_eq(c->flags[k], "--file");
	}
	if (!given && c->ops.n != 0)
		sed_script(c, sh_str(c->ops.v[i++]));
	for (; i < c->ops.n; i++)
		sh_role(c, in_place ? AE_STR("write") : AE_STR("read"),
		    c->ops.v[i]);
}
