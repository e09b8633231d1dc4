#include "conf/path.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"

static char *
binary_dir(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash = NULL;

	if (n <= 0)
		return ae_xstrdup("/usr/bin");
	path[n] = '\0';
	slash = strrchr(path, '/');
	*slash = '\0';
	return ae_xstrdup(path[0] != '\0' ? path : "/");
}

static char *
beside_binary(const char *sub, const char *name)
{
	AE_AUTO_FREE char *dir = binary_dir();

	return ae_xasprintf("%s/%s%s", dir, sub, name);
}

char *
ae_path_data(const char *name)
{
	return beside_binary("../share/ae/", name);
}

char *
ae_path_libexec(const char *name)
{
	return beside_binary("../libexec/ae/", name);
}

char *
ae_path_command(const char *name)
{
	return beside_binary("", name);
}

char *
ae_path_system(const char *name)
{
	AE_AUTO_FREE char *own = beside_binary("../etc/ae/", name);

	if (access(own, F_OK) == 0)
		return ae_steal(&own);
	return ae_xasprintf("/etc/ae/%s", name);
}

/* Below an XDG base directory; relative values are to be ignored. */
static char *
user_path(const char *variable, const char *fallback, const char *name)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");

	if (base != NULL && base[0] == '/')
		return ae_xasprintf("%s/ae/%s", base, name);
	if (home == NULL || home[0] != '/') {
		const struct passwd *pw = getpwuid(getuid());

		home = pw != NULL ? pw->pw_dir : NULL;
	}
	if (home == NULL || home[0] != '/')
		return NULL;
	return ae_xasprintf("%s/%s/ae/%s", home, fallback, name);
}

char *
ae_path_user_config(const char *name)
{
	return user_path("XDG_CONFIG_HOME", ".config", name);
}

/*
 * A place for a user who has no home (nobody, a service, sudo with another's
 * HOME): a directory below /var/tmp that is ours alone, or NULL if somebody
 * else has taken the name.
 */
static char *
homeless(const char *name)
{
	AE_AUTO_FREE char *dir =
	    ae_xasprintf("/var/tmp/ae-%u", (unsigned)geteuid());
	struct stat st;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return NULL;
	if (lstat(dir, &st) != 0 || !S_ISDIR(st.st_mode) ||
	    st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return NULL;
	return ae_xasprintf("%s/%s", dir, name);
}

/* Below an XDG base directory, for what we write there. */
static char *
writable_path(const char *variable, const char *fallback, const char *name)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");

	if ((base == NULL || base[0] != '/') &&
	    (home == NULL || access(home, W_OK | X_OK) != 0))
		return homeless(name);
	return user_path(variable, fallback, name);
}

char *
ae_path_user_data(const char *name)
{
	return writable_path("XDG_DATA_HOME", ".local/share", name);
}

char *
ae_path_user_cache(const char *name)
{
	return writable_path("XDG_CACHE_HOME", ".cache", name);
}

char *
ae_path_user_state(const char *name)
{
	return writable_path("XDG_STATE_HOME", ".local/state", name);
}

int
ae_path_trusted(const char *path, struct ae_err *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return ae_fail_sys(err, "%s", path);
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return ae_fail(err, "%s: not a regular file", path);
	}
	if (st.st_uid != 0 && st.st_uid != getuid()) {
		errno = EPERM;
		return ae_fail(err,
		    "%s: owned by another user (uid %u); "
		    "chown it to you or to root",
		    path, (unsigned)st.st_uid);
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		errno = EPERM;
		return ae_fail(
		    err, "%s: others can write it; chmod go-w it", path);
	}
	return 0;
}

bool
ae_path_is_absent(int e)
{
	return e == ENOENT || e == ENOTDIR || e == EACCES;
}
