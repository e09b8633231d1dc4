#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/auto.h"

int
ae_file_read(
    const char *path, size_t max, struct ae_buf *to, struct ae_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	AE_AUTO_FD int opened =
	    is_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int fd = is_stdin ? STDIN_FILENO : opened;
	size_t before = to->len;
	ssize_t n = 0;

	if (fd < 0)
		return ae_fail_sys(err, "open %s", path);
	do {
		n = read(fd, ae_buf_room(to, 65536), 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ae_fail_sys(
			    err, "read %s", is_stdin ? "<stdin>" : path);
		to->len += (size_t)n;
		to->s[to->len] = '\0';
		if (to->len - before > max)
			return ae_fail(err, "%s: longer than %zu bytes",
			    is_stdin ? "<stdin>" : path, max);
	} while (n != 0);
	return 0;
}

int
ae_file_put(int fd, struct ae_str s)
{
	while (s.len != 0) {
		ssize_t n = write(fd, s.s, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		s = ae_str_sub(s, (size_t)n, s.len);
	}
	return 0;
}
