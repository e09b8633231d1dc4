#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* Shells in texts, and programs in languages that have no analyser here. */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

static const char *const shells[] = {"sh", "bash", "dash", "zsh", "ksh", "ash",
    "csh", "tcsh", "fish", "mksh", "rbash", "rksh", "rzsh", "busybox", NULL};

bool
sh_is_shell(struct ae_str name)
{
	return sh_one_of(name, shells);
}

/* Length of a shell's name at the start of s, whole words only. */
static size_t
shell_at(struct ae_str s)
{
	size_t n = 0;

	while (n < s.len && is_letter(s.s[n]))
		n++;
	return sh_is_shell(ae_str_sub(s, 0, n)) ? n : 0;
}

static bool
followed_by_code(struct ae_str rest)
{
	return ae_str_starts(rest, " -c") || ae_str_starts(rest, " -i") ||
	       ae_str_starts(rest, " -s");
}

/* What stands before a shell's name when it is started. */
static bool
starts_shell(struct ae_str s, size_t i, size_t n)
{
	struct ae_str rest = ae_str_sub(s, i + n, s.len);

	if (i >= 5 && memcmp(s.s + i - 5, "/bin/", 5) == 0)
		return rest.len == 0 || (rest.s[0] != '/' && rest.s[0] != '.' &&
					    rest.s[0] != '-');
	if (i >= 1 && (s.s[i - 1] == '!' ||
			  (i >= 2 && s.s[i - 1] == ' ' && s.s[i - 2] == '!')))
		return true;
	return followed_by_code(rest);
}

bool
sh_mentions_shell(struct ae_str s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		size_t n;

		if (i > 0 && is_letter(s.s[i - 1]))
			continue;
		n = shell_at(ae_str_sub(s, i, s.len));
		if (n != 0 && starts_shell(s, i, n))
			return true;
	}
	return false;
}

enum hint {
	HINT_RUN,
	HINT_SOCKET,
	HINT_FETCH,
	HINT_DELETE,
	HINT_WRITE,
	HINT_EVAL,
	HINT_DECODE,
	HINTS
};

/* Words of many languages; those that end in a letter end there. */
static const struct {
	const char *text;
	enum hint hint;
} words[] = {
    {"system", HINT_RUN},
    {"exec", HINT_RUN},
    {"execl", HINT_RUN},
    {"execv", HINT_RUN},
    {"execute", HINT_RUN},
    {"popen", HINT_RUN},
    {"popen2", HINT_RUN},
    {"popen3", HINT_RUN},
    {"spawn", HINT_RUN},
    {"fork", HINT_RUN},
    {"passthru", HINT_RUN},
    {"shell_exec", HINT_RUN},
    {"proc_open", HINT_RUN},
    {"pcntl_exec", HINT_RUN},
    {"qx", HINT_RUN},
    {"ProcessBuilder", HINT_RUN},
    {"getRuntime", HINT_RUN},
    {"Start", HINT_RUN},
    {"run_command", HINT_RUN},
    {"esyscmd", HINT_RUN},
    {"syscmd", HINT_RUN},
    {"write18", HINT_RUN},
    {"shell", HINT_RUN},
    {"Exec", HINT_RUN},
    {"socket", HINT_SOCKET},
    {"Socket", HINT_SOCKET},
    {"TCPSocket", HINT_SOCKET},
    {"TCPServer", HINT_SOCKET},
    {"TcpStream", HINT_SOCKET},
    {"fsockopen", HINT_SOCKET},
    {"stream_socket_client", HINT_SOCKET},
    {"socket_create", HINT_SOCKET},
    {"INET", HINT_SOCKET},
    {"inet", HINT_SOCKET},
    {"sockaddr_in", HINT_SOCKET},
    {"open_connection", HINT_SOCKET},
    {"file_get_contents", HINT_FETCH},
    {"curl_exec", HINT_FETCH},
    {"LWP", HINT_FETCH},
    {"HTTP", HINT_FETCH},
    {"open-uri", HINT_FETCH},
    {"URL", HINT_FETCH},
    {"urlopen", HINT_FETCH},
    {"http", HINT_FETCH},
    {"https", HINT_FETCH},
    {"ftp", HINT_FETCH},
    {"WEBrick", HINT_SOCKET},
    {"httpd", HINT_SOCKET},
    {"unlink", HINT_DELETE},
    {"rmtree", HINT_DELETE},
    {"rmdir", HINT_DELETE},
    {"rm_rf", HINT_DELETE},
    {"rm_r", HINT_DELETE},
    {"remove_tree", HINT_DELETE},
    {"file_put_contents", HINT_WRITE},
    {"eval", HINT_EVAL},
    {"assert", HINT_EVAL},
    {"create_function", HINT_EVAL},
    {"loadstring", HINT_EVAL},
    {"instance_eval", HINT_EVAL},
    {"base64_decode", HINT_DECODE},
    {"decode64", HINT_DECODE},
    {"decode_base64", HINT_DECODE},
    {"unpack", HINT_DECODE},
    {"pack", HINT_DECODE},
    {"gzinflate", HINT_DECODE},
    {"gzuncompress", HINT_DECODE},
    {"str_rot13", HINT_DECODE},
    {"hex2bin", HINT_DECODE},
};

/* system pack "H*", ...: what makes the text stands without brackets. */
static bool
makes_text(struct ae_str s)
{
	static const char *const makers[] = {"pack", "unpack", "join",
	    "reverse", "chr", "sprintf", "decode_base64", "lc", "uc"};

	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		size_t n = strlen(makers[i]);

		if (ae_str_starts(s, makers[i]) &&
		    (s.len == n || !is_letter(s.s[n])))
			return true;
	}
	return false;
}

/* A word that is called, or a command's beginning, not one in a sentence. */
static bool
is_used(struct ae_str code, size_t end, enum hint hint)
{
	while (end < code.len && code.s[end] == ' ')
		end++;
	if (hint == HINT_SOCKET)
		return true;
	if (hint == HINT_DELETE)
		return end < code.len;
	if (hint == HINT_FETCH)
		return end < code.len && memchr(":(", code.s[end], 2) != NULL;
	return end < code.len &&
	       (memchr("(\"'`$[{%:", code.s[end], 9) != NULL ||
		   makes_text(ae_str_sub(code, end, code.len)));
}

/* Past the text in quotes that begins at i; it is appended to b. */
static size_t
take_text(struct ae_buf *b, struct ae_str code, size_t i)
{
	size_t to = i + 1;

	while (to < code.len && code.s[to] != code.s[i])
		to += code.s[to] == '\\' ? 2 : 1;
	ae_buf_str(b, ae_str_sub(code, i + 1, to));
	return to < code.len ? to + 1 : code.len;
}

/*
 * The next text in quotes, if it begins soon, and those that follow it behind
 * commas: exec("rm", "-r", x).
 */
static void
texts_behind(struct ae_buf *b, struct ae_str code, size_t i)
{
	size_t end = i + 24 < code.len ? i + 24 : code.len;

	while (i < end && strchr("\"'`;\n", code.s[i]) == NULL)
		i++;
	if (i >= end || memchr("\"'`", code.s[i], 3) == NULL)
		return;
	for (;;) {
		i = take_text(b, code, i);
		while (i < code.len && memchr(" ,", code.s[i], 2) != NULL)
			i++;
		if (i >= code.len || memchr("\"'", code.s[i], 2) == NULL ||
		    b->len > 4096)
			return;
		ae_buf_putc(b, ' ');
	}
}

/* A text behind a word that runs or deletes what it says. */
static void
follow(struct sh *sh, struct ae_str code, size_t i, enum hint hint)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	if (hint != HINT_RUN && hint != HINT_DELETE)
		return;
	texts_behind(&b, code, i);
	if (b.len == 0)
		return;
	if (hint == HINT_RUN)
		sh_run_value(sh, sh_text(sh, ae_buf_view(&b), 0));
	else
		sh_delete(sh, sh_text(sh, ae_buf_view(&b), 0), true, false);
}

/* `...` runs what is in it, in most of these languages. */
static bool
follow_backticks(struct sh *sh, struct ae_str code)
{
	bool any = false;

	for (size_t i = 0; i < code.len;) {
		AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

		if (code.s[i] != '`') {
			i++;
			continue;
		}
		i = take_text(&b, code, i);
		any = true;
		sh_run_value(sh, sh_text(sh, ae_buf_view(&b), 0));
	}
	return any;
}

/* Modules whose names are no words. */
static const struct {
	const char *text;
	enum hint hint;
} modules[] = {
    {"open-uri", HINT_FETCH},
    {"net/http", HINT_FETCH},
    {"File::Fetch", HINT_FETCH},
    {"HTTP::Tiny", HINT_FETCH},
    {"Fiddle.dlopen", HINT_RUN},
    {"IO::Socket", HINT_SOCKET},
    {"Net.Sockets", HINT_SOCKET},
    {"Process.Start", HINT_RUN},
    {"do shell script", HINT_RUN},
};

static unsigned
hints(struct sh *sh, struct ae_str code)
{
	unsigned seen = 0;

	for (size_t k = 0; k < sizeof(modules) / sizeof(modules[0]); k++) {
		const char *p = code.len != 0
				    ? memmem(code.s, code.len, modules[k].text,
					  strlen(modules[k].text))
				    : NULL;

		if (p == NULL)
			continue;
		seen |= 1U << modules[k].hint;
		follow(sh, code, (size_t)(p - code.s) + strlen(modules[k].text),
		    modules[k].hint);
	}

	for (size_t i = 0; i < code.len;) {
		size_t n = 0;

		while (i + n < code.len && is_letter(code.s[i + n]))
			n++;
		for (size_t k = 0;
		     n != 0 && k < sizeof(words) / sizeof(words[0]); k++)
			if (ae_str_eq(
				ae_str_sub(code, i, i + n), words[k].text) &&
			    is_used(code, i + n, words[k].hint)) {
				seen |= 1U << words[k].hint;
				follow(sh, code, i + n, words[k].hint);
			}
		i += n != 0 ? n : 1;
	}
	return seen;
}

void
sh_foreign(struct sh *sh, struct ae_str code)
{
	unsigned seen = hints(sh, ae_str_sub(code, 0, 65536));
	bool ticks = follow_backticks(sh, ae_str_sub(code, 0, 65536));
	bool runs =
	    ticks || (seen & 1U << HINT_RUN) != 0 || sh_mentions_shell(code);
	bool talks = (seen & 1U << HINT_SOCKET) != 0;

	if (runs && talks)
		sh_hit(sh, "bash.shell.reverse");
	else if (runs)
		sh_hit(sh, "bash.run.foreign");
	else if (talks || (seen & 1U << HINT_FETCH) != 0)
		sh_hit(sh, "bash.net.client");
	if (seen & 1U << HINT_DELETE)
		sh_hit(sh, "bash.fs.delete");
	if (seen & 1U << HINT_EVAL)
		sh_hit(sh, seen & 1U << HINT_DECODE ? "bash.exec.decoded"
						    : "bash.exec.computed");
}
