/*
 * javascript-regex.h - a regular expression that is being read.
 *
 * Between javascript-regex.c, which knows terms, groups and repetitions,
 * javascript-regex-atom.c, which knows characters, escapes and classes, -set.c
 * (classes with the flag v) and -property.c (what \p knows).  Calls
 * that return bool return false after ae_re_fail().
 */
#ifndef AE_LINT_JAVASCRIPT_REGEX_H
#define AE_LINT_JAVASCRIPT_REGEX_H

#include "core/buf.h"
#include "lint/javascript-parse.h"

enum group { GROUP = 'g', LOOKAHEAD = 'a', LOOKBEHIND = 'b' };
enum { MAX_NAMES = 1000 }; /* past it repeated names are not looked for */
enum { CLASS_ESCAPE = -1, FAILED = -2 };

struct re {
	struct ae_str s;
	size_t pos;
	bool u, v; /* v implies u */
	bool named;
	long groups;
	struct ae_str *names;
	size_t n_names, cap_names;
	struct ae_buf stack; /* enum group */
	bool atom;	     /* what was read last can be repeated */
	bool of_strings;     /* the last \p was a property of strings */
	const char *error;   /* static */
};

/* Keeps the first reason; returns false. */
bool ae_re_fail(struct re *, const char *why);
/* The byte i places on, or -1. */
int ae_re_peek_at(const struct re *, size_t i);
bool ae_re_take(struct re *, char);
/* A decimal number; large ones stay large. */
long ae_re_number(struct re *);
long ae_re_character(struct re *);
/* Up to the > of a name. */
struct ae_str ae_re_group_name(struct re *);
/* Past a backslash: the character's value, CLASS_ESCAPE or FAILED. */
long ae_re_escape(struct re *, bool in_class);
/* Past a [; class_set() in code with the flag v (javascript-regex-set.c). */
bool ae_re_class(struct re *);
bool ae_re_class_set(struct re *);
/* Past \u: a code point, or -1; whether \u{...} and pairs count. */
long ae_re_unicode(struct re *, bool whole);
/* javascript-regex-property.c: whether \p knows the name, or, with a value that
 * is not NULL, name=value; whether it stands for strings. */
bool ae_re_is_property(
    struct ae_str name, struct ae_str value, bool *of_strings);

static inline bool
ae_re_is_digit(int c)
{
	return c >= '0' && c <= '9';
}

#endif
