/*
 * request.h - exactly what is to be run, under exactly which limits.
 *
 * Everything that decides what happens is in here, as effective values:
 * configuration applied, integers in ms, bytes and 1/100000 of a core.  Its
 * canonical bytes are what an approval signs and what the supervisor
 * (ae-init) gets, and it gets nothing else.
 *
 * This pair of files is compiled into ae-init too: it needs libc alone and
 * nothing of lib/core.  A request owns all its memory; ae_request_free()
 * gives it back.  All strings are NUL-terminated; blobs may hold NUL.
 */
#ifndef AE_TRUST_REQUEST_H
#define AE_TRUST_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ae_blob {
	unsigned char *data;
	size_t len;
};

struct ae_strings {
	char **v;
	size_t n;
};

struct ae_request_file {
	char *path; /* relative to the working directory, no ".." */
	struct ae_blob content;
};

struct ae_limits {
	int64_t cpu_quota; /* 100000: one core */
	int64_t memory;	   /* bytes, of the whole tree of processes */
	int64_t disk;	   /* bytes, of /tmp with the working directory */
	int64_t pids;	   /* processes and threads */
	int64_t output;	   /* bytes, of stdout and of stderr each */
};

/* Capabilities granted (DESIGN 4); "*" is the flag, not a member. */
struct ae_grants {
	bool run_all;
	bool net_all;
	bool eval;
	bool ffi;
	struct ae_strings run;	 /* command names or absolute paths */
	struct ae_strings net;	 /* "host:port" */
	struct ae_strings read;	 /* absolute paths */
	struct ae_strings write; /* absolute paths */
	struct ae_strings env;	 /* names */
};

struct ae_request {
	char *language; /* canonical name: "python" */
	char *least;	/* least version: "3.12" */
	char *mode;	/* JavaScript: "script", "module"; else "" */
	struct ae_blob code;
	struct ae_blob tests; /* len 0: none */
	struct ae_blob stdin_data;
	struct ae_strings args;
	struct ae_strings env;	       /* "NAME=value", sorted */
	struct ae_strings collect;     /* globs; n 0: everything */
	struct ae_strings require;     /* layers, sorted */
	struct ae_request_file *files; /* sorted by path */
	size_t n_files;
	int64_t timeout_ms;
	struct ae_limits limits;
	struct ae_grants grants;
	char *backend; /* "local", "docker", "oci" */
	char *runtime; /* "host", a tree's identity, or an image's name */
};

/*
 * The canonical bytes: each field in the order of the struct, framed by its
 * length, after the magic "AEREQ\0" and the version.  ae-request(7) has the
 * layout and a test vector.  The caller frees out->data.  0, or -1 (ENOMEM).
 */
int ae_request_encode(const struct ae_request *, struct ae_blob *out);

/*
 * The reverse.  Refuses what ae_request_encode() would not write: another
 * version, lengths past the end, bytes left over.  0, or -1 with errno EINVAL
 * or ENOMEM; on failure *out is empty.
 */
int ae_request_decode(const unsigned char *, size_t, struct ae_request *out);

/* Frees what is inside and leaves an empty request. */
void ae_request_free(struct ae_request *);

#endif
