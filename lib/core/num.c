#include "core/num.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* strtoll() and strtod() want a NUL, and take white space and "0x" alike. */
static int
copy(struct ae_str s, char buf[64], const char *allowed, struct ae_err *err)
{
	if (s.len == 0 || s.len >= 64)
		return ae_fail(err, "not a number");
	memcpy(buf, s.s, s.len);
	buf[s.len] = '\0';
	if (strspn(buf, allowed) != s.len)
		return ae_fail(err, "not a number: \"%s\"", buf);
	return 0;
}

int
ae_num_int(
    struct ae_str s, int64_t min, int64_t max, int64_t *out, struct ae_err *err)
{
	char buf[64], *end = buf;
	long long v = 0;

	if (copy(s, buf, "0123456789-", err) != 0)
		return -1;
	errno = 0;
	v = strtoll(buf, &end, 10);
	if (*end != '\0' || end == buf)
		return ae_fail(err, "not an integer: \"%s\"", buf);
	if (errno != 0 || v < min || v > max)
		return ae_fail(err, "%s is not between %lld and %lld", buf,
		    (long long)min, (long long)max);
	*out = v;
	return 0;
}

int
ae_num_real(
    struct ae_str s, double min, double max, double *out, struct ae_err *err)
{
	char buf[64], *end = buf;
	double v = 0;

	if (copy(s, buf, "0123456789-.", err) != 0)
		return -1;
	errno = 0;
	v = strtod(buf, &end);
	if (*end != '\0' || end == buf)
		return ae_fail(err, "not a number: \"%s\"", buf);
	if (errno != 0 || !(v >= min && v <= max))
		return ae_fail(
		    err, "%s is not between %g and %g", buf, min, max);
	*out = v;
	return 0;
}

int
ae_num_size(struct ae_str s, int64_t *out, struct ae_err *err)
{
	int64_t unit = 1, v = 0;
	struct ae_str digits = s;

	if (s.len != 0) {
		switch (s.s[s.len - 1]) {
		case 'k':
		case 'K':
			unit = INT64_C(1) << 10;
			break;
		case 'm':
		case 'M':
			unit = INT64_C(1) << 20;
			break;
		case 'g':
		case 'G':
			unit = INT64_C(1) << 30;
			break;
		default:
			break;
		}
	}
	if (unit != 1)
		digits.len--;
	if (ae_num_int(digits, 0, (INT64_C(1) << 53) / unit, &v, err) != 0)
		return ae_fail_in(err, "size such as \"256m\" expected");
	*out = v * unit;
	return 0;
}
