/*
 * The helper for Bash: `bash -n` without starting Bash for each program.
 *
 * One Bash stands by.  For each program it forks a subshell that reads it, from
 * a file in memory, with "set -n" as its first line: from the second on
 * commands are parsed and none is run.  Its status and what it says on standard
 * error become the answer, as of `bash -n`; starting a Bash would cost five
 * times as much.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

#include "lint/broker.h"

enum {
	BASH_MS = 2000,
	MAX_PROGRAM = 64 << 20,
	MAX_SAID = 4000,
	MAX_SERVED = 5000, /* by one Bash, which has only so much CPU time */
};

static const char script[] =
    "printf '%s\\n' \"${BASH_VERSION%%(*}\"; while read -r _; do "
    "(. /proc/self/fd/3); printf '%s\\n' $?; done";
static const char first_line[] = "set -n\n";

struct bash {
	char **argv;
	char *const *envp;
	pid_t pid; /* 0: none stands by */
	int trigger, status, said, program;
	int served;
	char version[32];
	bool stops_silently; /* see came_to_the_end() */
};

static void
give(int fd, struct ae_str s)
{
	uint32_t len = (uint32_t)s.len;
	struct iovec iov[] = {
	    {&len, sizeof len}, {(void *)(uintptr_t)s.s, s.len}};

	/* Short enough for the socket to take it whole. */
	if (writev(fd, iov, 2) != (ssize_t)(s.len + sizeof len))
		_exit(0);
}

/* ---- the Bash that stands by ------------------------------------------- */

static void
end(struct bash *b)
{
	int *const fds[] = {&b->trigger, &b->status, &b->said, &b->program};

	if (b->pid > 0) {
		/* With the subshell, which may be at it for ever. */
		kill(-b->pid, SIGKILL);
		kill(b->pid, SIGKILL);
		while (waitpid(b->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	b->pid = 0;
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

/* A line without its end; false on silence, death or too much. */
static bool
read_line(int fd, char *to, size_t room)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t n = 0;

	while (n + 1 < room) {
		if (poll(&p, 1, BASH_MS) != 1 || read(fd, to + n, 1) != 1)
			return false;
		if (to[n] == '\n') {
			to[n] = '\0';
			return true;
		}
		n++;
	}
	return false;
}

static bool
start(struct bash *b)
{
	int trigger[2] = {-1, -1}, status[2] = {-1, -1}, said[2] = {-1, -1};

	b->program = memfd_create("program", MFD_CLOEXEC);
	if (b->program < 0 || pipe2(trigger, O_CLOEXEC) != 0 ||
	    pipe2(status, O_CLOEXEC) != 0 ||
	    pipe2(said, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	b->pid = fork();
	if (b->pid == 0) {
		setpgid(0, 0);
		ae_helper_exec(&(struct ae_helper){.in = trigger[0],
		    .out = status[1],
		    .err = said[1],
		    .kept = b->program,
		    .forks = true,
		    .argv = b->argv,
		    .envp = b->envp});
	}
	close(trigger[0]);
	close(status[1]);
	close(said[1]);
	b->trigger = trigger[1];
	b->status = status[0];
	b->said = said[0];
	b->served = 0;
	return b->pid > 0 &&
	       read_line(b->status, b->version, sizeof b->version);
}

static bool
write_whole(int fd, struct ae_str s)
{
	while (s.len != 0) {
		ssize_t n = write(fd, s.s, s.len);

		if (n <= 0)
			return false;
		s = ae_str_sub(s, (size_t)n, s.len);
	}
	return true;
}

/* All that was said; what goes past MAX_SAID is lost. */
static void
hear(int fd, struct ae_buf *said)
{
	char part[512];
	ssize_t n = 0;

	while ((n = read(fd, part, sizeof part)) > 0)
		if (said->len + (size_t)n <= MAX_SAID)
			ae_buf_str(said, ae_strn(part, (size_t)n));
}

/* What Bash says of code with tail behind it is appended.  Its status, or -1
 * where it gives none. */
static int
check(struct bash *b, struct ae_str code, const char *tail, struct ae_buf *said)
{
	char status[16] = "";

	if (b->served++ == MAX_SERVED)
		end(b);
	if (b->pid == 0 && !start(b)) {
		end(b);
		return -1;
	}
	if (ftruncate(b->program, 0) != 0 ||
	    lseek(b->program, 0, SEEK_SET) != 0 ||
	    !write_whole(b->program, ae_str(first_line)) ||
	    !write_whole(b->program, code) ||
	    !write_whole(b->program, ae_str(tail)) ||
	    !write_whole(b->trigger, ae_str("\n")) ||
	    !read_line(b->status, status, sizeof status)) {
		end(b);
		return -1;
	}
	hear(b->said, said);
	return (int)strtol(status, NULL, 10);
}

/*
 * Bash 5.2 before patch 21 stops in silence, with status 0, at some mistakes in
 * [[ ]].  Whether it came to the end is seen by what it says of a line there
 * that is wrong in any case.
 */
static bool
came_to_the_end(struct bash *b, struct ae_str code)
{
	AE_AUTO_BUF struct ae_buf said = AE_BUF_INIT;

	if (!b->stops_silently || memmem(code.s, code.len, "[[", 2) == NULL)
		return true;
	check(b, code, "\n\n)\n", &said);
	return said.len != 0;
}

/* ---- answers ----------------------------------------------------------- */

/* A number behind what, if it is there: one line less, for the first one. */
static size_t
mend_line(struct ae_str s, const char *what, unsigned long *line)
{
	const char *at = memmem(s.s, s.len, what, strlen(what));
	char *rest = NULL;

	if (at == NULL)
		return 0;
	at += strlen(what);
	*line = strtoul(at, &rest, 10);
	*line -= *line > 1;
	return rest != at ? (size_t)(rest - s.s) : 0;
}

/* "/proc/self/fd/3: line 4: MESSAGE" becomes an answer about line 3. */
static void
put_message(struct ae_str said, struct ae_buf *to)
{
	static const char inner[] = " at line ";
	unsigned long line = 0, other = 0;
	size_t after = mend_line(said, ": line ", &line);
	struct ae_str message = said;
	long nl = 0;

	if (after != 0 && said.s[after] == ':')
		message = ae_str_sub(said, after + 2, said.len);
	nl = ae_str_find(message, '\n');
	if (nl >= 0)
		message.len = (size_t)nl;
	ae_buf_addf(to, "%lu 0 0 0\n", line);
	after = mend_line(message, inner, &other);
	if (after == 0) {
		ae_buf_str(to, message);
		return;
	}
	nl = (const char *)memmem(
		 message.s, message.len, inner, sizeof inner - 1) -
	     message.s;
	ae_buf_str(to, ae_str_sub(message, 0, (size_t)nl));
	ae_buf_addf(to, "%s%lu", inner, other);
	ae_buf_str(to, ae_str_sub(message, after, message.len));
}

static void
judge(struct bash *b, struct ae_str code, struct ae_buf *answer)
{
	AE_AUTO_BUF struct ae_buf said = AE_BUF_INIT;
	int status = -1;

	/* Bash leaves out NUL when it reads so. */
	if (memchr(code.s, '\0', code.len) == NULL)
		status = check(b, code, "", &said);
	/* What it finds in [[ ]] it says, with status 0. */
	if (status == 0 && said.len == 0)
		ae_buf_puts(answer, came_to_the_end(b, code) ? "ok" : "?");
	else if (status < 0 || status > 2 || said.len == 0)
		ae_buf_puts(answer, "?");
	else
		put_message(ae_buf_view(&said), answer);
}

/* Whether it does here what it should: /proc may be missing. */
static bool
works(struct bash *b)
{
	AE_AUTO_BUF struct ae_buf good = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf bad = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf silent = AE_BUF_INIT;

	if (check(b, ae_str("exit 7"), "\n", &good) != 0 || good.len != 0)
		return false;
	check(b, ae_str("[[ ! ]]"), "\n", &silent);
	b->stops_silently = silent.len == 0;
	check(b, ae_str("fi"), "\n", &bad);
	return bad.len != 0;
}

void
ae_helper_bash(int socket, char **argv, char *const *envp)
{
	AE_AUTO_BUF struct ae_buf code = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf answer = AE_BUF_INIT;
	struct bash b = {.argv = argv,
	    .envp = envp,
	    .trigger = -1,
	    .status = -1,
	    .said = -1,
	    .program = -1};
	uint32_t len = 0;
	size_t n = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	while (argv[n] != NULL)
		n++;
	argv[n] = (char *)(uintptr_t) "-c";
	argv[n + 1] = (char *)(uintptr_t)script;
	if (!works(&b))
		_exit(0);
	give(socket, ae_str(b.version));
	while (
	    ae_frame_receive(socket, &len, sizeof len) && len <= MAX_PROGRAM) {
		ae_buf_clear(&code);
		ae_buf_clear(&answer);
		if (!ae_frame_receive(socket, ae_buf_room(&code, len), len))
			break;
		code.len = len;
		judge(&b, ae_buf_view(&code), &answer);
		give(socket, ae_buf_view(&answer));
	}
	end(&b);
	_exit(0);
}
