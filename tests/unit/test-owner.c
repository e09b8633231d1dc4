/* Owners of things outside a process: who is judged, and by whom. */
#include <sys/mount.h>
#include <sys/wait.h>

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "sandbox/owner.h"
#include "tap.h"

enum { NAME = 200 };

/* The name of a process that is no more when we have it. */
static void
name_of_the_dead(char name[NAME])
{
	int p[2];
	ssize_t n;
	pid_t pid;

	if (pipe(p) != 0 || (pid = fork()) < 0)
		exit(1);
	if (pid == 0) {
		char *own = ae_owner_name();

		_exit(write(p[1], own, strlen(own)) > 0 ? 0 : 1);
	}
	waitpid(pid, NULL, 0);
	n = read(p[0], name, NAME - 1);
	name[n > 0 ? n : 0] = '\0';
	close(p[0]);
	close(p[1]);
}

/* As the first process of a new pid namespace: a bit for each true claim. */
static int
inside(bool own_proc, const char *living, const char *dead)
{
	char here[NAME], *own;
	int claims = 0;

	if (own_proc && (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
			    mount("proc", "/proc", "proc", 0, NULL)))
		return 64;
	own = ae_owner_name();
	name_of_the_dead(here);
	claims |= !ae_owner_dead(living) ? 1 : 0;
	claims |= !ae_owner_dead(dead) ? 2 : 0;
	claims |= !ae_owner_dead(own) ? 4 : 0;
	claims |= ae_owner_dead(here) ? 8 : 0;
	free(own);
	return claims;
}

static int
in_new_namespace(bool own_proc, const char *living, const char *dead)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int inner;

		if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0)
			_exit(64);
		pid = fork();
		if (pid == 0)
			_exit(inside(own_proc, living, dead));
		waitpid(pid, &inner, 0);
		_exit(WIFEXITED(inner) ? WEXITSTATUS(inner) : 63);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 63;
}

static void
other_namespaces(const char *living, const char *dead)
{
	int with = in_new_namespace(true, living, dead);
	int without = in_new_namespace(false, living, dead);

	if (with == 64) {
		printf("# not run: no pid namespace can be made here\n");
		return;
	}
	ok(with & 1, "from another namespace a living owner is not judged");
	ok(with & 2, "nor is a dead one");
	ok(with & 4, "there one is alive oneself");
	ok(with & 8, "and one's own dead are dead");
	ok((without & 7) == 7 && !(without & 8),
	    "with another namespace's /proc nobody is judged");
}

int
main(void)
{
	char dead[NAME], other[NAME];
	char *living = ae_owner_name(), *again = ae_owner_name();
	const char *rest;

	name_of_the_dead(dead);
	ok(strcmp(living, again) != 0, "two names are never the same");
	ok(!ae_owner_dead(living), "who lives is not dead");
	ok(ae_owner_dead(dead), "who ended is");
	rest = strchr(strchr(living, '-') + 1, '-');
	snprintf(other, sizeof(other), "ae-1%s", rest);
	ok(!ae_owner_dead(other), "another namespace's number is not judged");
	snprintf(other, sizeof(other), "%.*s-1%s", (int)(rest - living), living,
	    strchr(rest + 1, '-'));
	ok(ae_owner_dead(other), "whoever is of another boot is dead");
	snprintf(other, sizeof(other), "ae-1%.*s-1-1-1",
	    (int)(strchr(rest + 1, '-') - rest), rest);
	ok(ae_owner_old(other) && !ae_owner_old(living) &&
		!ae_owner_old("ae-1-2-3"),
	    "what was made long ago is old, whosever it is");
	ok(!ae_owner_dead("ae-x") && !ae_owner_dead("") &&
		!ae_owner_dead("ae-1-2-3"),
	    "what is no such name is nobody's");
	other_namespaces(living, dead);
	free(living);
	free(again);
	return done();
}
