/*
 * tap.h - a unit test program prints TAP: a line for each claim.
 *
 *	int main(void)
 *	{
 *		ok(1 + 1 == 2, "numbers add");
 *		is_str(ae_str("a"), "a", "strings are equal");
 *		return done();
 *	}
 */
#ifndef AE_TESTS_TAP_H
#define AE_TESTS_TAP_H

#include <stdbool.h>
#include <stdio.h>

#include "core/str.h"

/* One program, one count. */
static int tap_count, tap_failed;

static inline bool
ok(bool good, const char *claim)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_count, claim);
	tap_failed += !good;
	return good;
}

static inline bool
is_str(struct ae_str got, const char *want, const char *claim)
{
	bool good = ok(ae_str_eq(got, want), claim);

	if (!good)
		printf("# got  \"%.*s\"\n# want \"%s\"\n", (int)got.len, got.s,
		    want);
	return good;
}

static inline bool
is_int(long long got, long long want, const char *claim)
{
	bool good = ok(got == want, claim);

	if (!good)
		printf("# got %lld, want %lld\n", got, want);
	return good;
}

static inline int
done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
