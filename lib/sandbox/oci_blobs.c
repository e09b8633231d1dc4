#include "sandbox/oci_blobs.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"
#include "sandbox/tar_in.h"

enum { MAX_PARTS = 4096, MAX_SMALL = 16 << 20, MAX_LINKS = 8 };

extern char **environ;

void
ae_blobs_close(struct ae_blobs *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->v[i].name);
		free(b->v[i].link);
	}
	free(b->v);
	if (b->dir >= 0)
		close(b->dir);
	if (b->archive >= 0)
		close(b->archive);
	*b = (struct ae_blobs)AE_BLOBS_INIT;
}

/* "../A/layer.tar" beside "B/layer.tar" is "A/layer.tar". */
static char *
beside(const char *name, const char *link)
{
	AE_AUTO_FREE char *dir = ae_xstrdup(name);
	char *slash = strrchr(dir, '/');

	if (slash == NULL)
		return ae_xstrdup(link);
	*slash = '\0';
	while (strncmp(link, "../", 3) == 0) {
		link += 3;
		slash = strrchr(dir, '/');
		*(slash != NULL ? slash : dir) = '\0';
	}
	return ae_xasprintf("%s%s%s", dir, dir[0] != '\0' ? "/" : "", link);
}

static int
index_archive(struct ae_blobs *b, struct ae_err *err)
{
	struct ae_tar_in t;
	int r = 0;

	ae_tar_open(&t, b->archive, -1, false);
	while ((r = ae_tar_next(&t, err)) == 1) {
		struct ae_blob_at part = {NULL, NULL, t.at, t.size};

		if (t.type != '0' && t.type != '2')
			continue;
		if (b->n == MAX_PARTS) {
			r = ae_fail(err, "too many parts");
			break;
		}
		if (t.type == '2' && t.link != NULL)
			part.link = beside(t.name, t.link);
		part.name = ae_steal(&t.name);
		b->v = ae_xrealloc(b->v, b->n + 1, sizeof *b->v);
		b->v[b->n++] = part;
	}
	ae_tar_close(&t);
	return r;
}

int
ae_blobs_open(const char *path, struct ae_blobs *b, struct ae_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	*b = (struct ae_blobs)AE_BLOBS_INIT;
	if (fd < 0 || fstat(fd, &st) != 0)
		return ae_fail_sys(err, "open %s", path);
	if (S_ISDIR(st.st_mode)) {
		b->dir = fd;
		return 0;
	}
	b->archive = fd;
	return index_archive(b, err) == 0 ? 0 : ae_fail_in(err, "%s", path);
}

static const struct ae_blob_at *
find(const struct ae_blobs *b, const char *name)
{
	for (int links = 0; links < MAX_LINKS; links++) {
		const struct ae_blob_at *found = NULL;

		for (size_t i = 0; i < b->n && found == NULL; i++)
			if (strcmp(b->v[i].name, name) == 0)
				found = &b->v[i];
		if (found == NULL || found->link == NULL)
			return found;
		name = found->link;
	}
	return NULL;
}

/* A descriptor at the part's beginning, and its size. */
static int
open_part(const struct ae_blobs *b, const char *name, int64_t *size,
    struct ae_err *err)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
	const struct ae_blob_at *part = NULL;
	struct stat st;
	int fd = -1;

	if (b->dir >= 0) {
		fd = (int)syscall(SYS_openat2, b->dir, name, &how, sizeof how);
		if (fd < 0 || fstat(fd, &st) != 0)
			return ae_fail_sys(err, "%s", name);
		*size = st.st_size;
		return fd;
	}
	part = find(b, name);
	if (part == NULL)
		return ae_fail(err, "no %s in the archive", name);
	*size = part->size;
	fd = fcntl(b->archive, F_DUPFD_CLOEXEC, 3);
	if (fd < 0 || lseek(fd, part->at, SEEK_SET) < 0)
		return ae_fail_sys(err, "%s", name);
	return fd;
}

bool
ae_blobs_has(const struct ae_blobs *b, const char *name)
{
	return b->dir >= 0 ? faccessat(b->dir, name, F_OK, 0) == 0
			   : find(b, name) != NULL;
}

int
ae_blobs_read(const struct ae_blobs *b, const char *name, struct ae_buf *to,
    struct ae_err *err)
{
	int64_t size = 0;
	AE_AUTO_FD int fd = open_part(b, name, &size, err);

	if (fd < 0)
		return -1;
	if (size > MAX_SMALL)
		return ae_fail(err, "%s is too big", name);
	while ((int64_t)to->len < size) {
		size_t want = (size_t)size - to->len;
		ssize_t n = read(fd, ae_buf_room(to, want), want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ae_fail(err, "%s is cut", name);
		to->len += (size_t)n;
		to->s[to->len] = '\0';
	}
	return 0;
}

/* gzip -dc between: it ends with its reader. */
static int
through_gzip(int from, pid_t *pid, struct ae_err *err)
{
	static char name[] = "gzip", flags[] = "-dcq";
	char *const argv[] = {name, flags, NULL};
	posix_spawn_file_actions_t fa;
	int p[2], e = 0;

	if (pipe2(p, O_CLOEXEC) != 0)
		return ae_fail_sys(err, "pipe");
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, from, 0);
	posix_spawn_file_actions_adddup2(&fa, p[1], 1);
	e = posix_spawnp(pid, name, &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	close(p[1]);
	if (e == 0)
		return p[0];
	close(p[0]);
	*pid = -1;
	errno = e;
	return ae_fail_sys(err, "gzip");
}

int
ae_blobs_layer(const struct ae_blobs *b, const char *name,
    struct ae_layer_in *in, struct ae_err *err)
{
	static const unsigned char zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
	unsigned char magic[4] = {0};
	int64_t size = 0;
	AE_AUTO_FD int fd = open_part(b, name, &size, err);

	*in = (struct ae_layer_in){-1, -1, -1};
	if (fd < 0)
		return -1;
	if (read(fd, magic, sizeof magic) != sizeof magic ||
	    lseek(fd, -(off_t)sizeof magic, SEEK_CUR) < 0)
		return ae_fail(err, "%s is cut", name);
	if (memcmp(magic, zstd, sizeof zstd) == 0)
		return ae_fail(err,
		    "%s is packed with zstd; save the image with gzip", name);
	if (magic[0] == 0x1f && magic[1] == 0x8b) {
		in->fd = through_gzip(fd, &in->pid, err);
		return in->fd >= 0 ? 0 : -1;
	}
	in->fd = ae_steal_fd(&fd);
	in->size = size;
	return 0;
}

void
ae_blobs_layer_end(struct ae_layer_in *in)
{
	if (in->fd >= 0)
		close(in->fd);
	if (in->pid <= 0)
		return;
	kill(in->pid, SIGKILL);
	while (waitpid(in->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
