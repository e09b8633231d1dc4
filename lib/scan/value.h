/*
 * value.h - what an expression of the scanned program is known to be.
 *
 * Languages resolve expressions to values; rules judge the values of calls.
 * Values live in the scan's arena and never change once made, so they may be
 * shared freely.  Strings that are only partly known (f"rm {x}") keep what is
 * known, with AE_HOLE in place of each unknown part.
 */
#ifndef AE_SCAN_VALUE_H
#define AE_SCAN_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/str.h"

/* Stands for an unknown part inside a string; never in a program's text. */
#define AE_HOLE '\x01'

enum ae_value_kind {
	AE_VALUE_UNKNOWN,
	AE_VALUE_NONE,	 /* None, null, undefined */
	AE_VALUE_BOOL,	 /* num 0 or 1 */
	AE_VALUE_NUMBER, /* num */
	AE_VALUE_STRING, /* s: text or bytes, maybe with holes */
	AE_VALUE_LIST,	 /* items: a list, a tuple, an array */
	AE_VALUE_MAP,	 /* items: key, value, key, value, ... */
	AE_VALUE_NAME,	 /* s: what it refers to, "os.system" */
	AE_VALUE_CALL, /* result of calling s with items: "open", "pathlib.Path"
			*/
	AE_VALUE_CHOICE, /* one of items */
};

enum ae_value_flag {
	AE_VALUE_BYTES = 1, /* a string of bytes */
	AE_VALUE_PARTIAL =
	    2, /* a string with holes, a list with more members */
};

/*
 * Facts: what a program does (signals, which pairs combine) and where a value
 * comes from.  One vocabulary, so that "run what was downloaded" is a
 * condition on a value and "downloads, and runs something" one on a program.
 * The names are in value.c.
 */
enum ae_fact {
	AE_FACT_SENSITIVE, /* reads a secret: keys, passwords, cookies */
	AE_FACT_NETWORK,   /* talks to the network at all */
	AE_FACT_SEND,	   /* sends data out */
	AE_FACT_DOWNLOAD,  /* fetches data */
	AE_FACT_SOCKET,	   /* a raw connection */
	AE_FACT_LISTEN,
	AE_FACT_DUP2,	 /* makes descriptors its standard ones */
	AE_FACT_SHELL,	 /* starts an interactive shell */
	AE_FACT_RUN,	 /* starts a program */
	AE_FACT_EXECUTE, /* runs code made at run time */
	AE_FACT_DECODE,	 /* base64, hex, zlib, marshal, xor */
	AE_FACT_WALK,	 /* visits whole directory trees */
	AE_FACT_ENCRYPT,
	AE_FACT_DELETE,
	AE_FACT_WRITE,	 /* writes files */
	AE_FACT_READ,	 /* reads files */
	AE_FACT_CHMOD_X, /* makes a file executable */
	AE_FACT_KEYLOG,
	AE_FACT_SCREEN, /* screenshots, camera, microphone */
	AE_FACT_CLIPBOARD,
	AE_FACT_HOST_INFO, /* host name, user name, processes */
	AE_FACT_ENVIRON,   /* the whole environment */
	AE_FACT_INPUT,	   /* what a user typed or passed */
	AE_FACT_PERSIST,
	AE_FACT_HIDE,	 /* covers tracks, detaches */
	AE_FACT_OUTSIDE, /* reads files that are not its own */
	AE_FACTS	 /* how many */
};

#define AE_FACT(name) (UINT64_C(1) << AE_FACT_##name)

/* A fact's number, or -1. */
int ae_fact_find(struct ae_str name);
const char *ae_fact_name(enum ae_fact);

struct ae_value {
	uint8_t kind;	     /* enum ae_value_kind */
	uint8_t flags;	     /* enum ae_value_flag */
	uint32_t n;	     /* items */
	uint32_t start, end; /* place in the unit; 0, 0: none */
	uint64_t from;	     /* AE_FACT() bits: where it comes from */
	struct ae_str s;
	double num;
	const struct ae_value *const *items;
};

/* Unknown, from nowhere in particular; static, never NULL. */
extern const struct ae_value ae_value_unknown;

struct ae_value *ae_value_new(struct ae_arena *, enum ae_value_kind);
/* Copies the text. */
struct ae_value *ae_value_string(struct ae_arena *, struct ae_str);
struct ae_value *ae_value_number(struct ae_arena *, double);
/* A name; copies the text. */
struct ae_value *ae_value_name(struct ae_arena *, struct ae_str dotted);
/* A list of n items; copies the pointers. */
struct ae_value *ae_value_list(
    struct ae_arena *, const struct ae_value *const *items, size_t n);
/* Unknown with origins; ae_value_unknown where there are none. */
const struct ae_value *ae_value_from(struct ae_arena *, uint64_t from);
/* Either; at most 8 choices are kept, else unknown with all origins. */
const struct ae_value *ae_value_either(
    struct ae_arena *, const struct ae_value *, const struct ae_value *);

static inline bool
ae_value_is(const struct ae_value *v, enum ae_value_kind k)
{
	return v->kind == k;
}

/* A string that is known as a whole. */
static inline bool
ae_value_is_text(const struct ae_value *v)
{
	return v->kind == AE_VALUE_STRING && !(v->flags & AE_VALUE_PARTIAL);
}

/* Its origins and those of everything in it. */
uint64_t ae_value_origins(const struct ae_value *);
/* The value of a key of a map that is a constant string, or NULL. */
const struct ae_value *ae_value_get(
    const struct ae_value *map, const char *key);
bool ae_value_same(const struct ae_value *, const struct ae_value *);

#endif
