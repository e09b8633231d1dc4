#include "sandbox/broker_dns.h"

#include <ctype.h>
#include <string.h>

enum { HEAD = 12, TTL = 60 };

static uint16_t
get16(const unsigned char *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* Letters, digits, hyphen, underscore: what host names are made of. */
static bool
plain(unsigned char c)
{
	return isalnum(c) || c == '-' || c == '_';
}

/* The name at byte 12; its end, or 0. */
static size_t
read_name(const unsigned char *p, size_t len, char *name, size_t size)
{
	size_t at = HEAD, out = 0;

	while (at < len && p[at] != 0) {
		size_t n = p[at++];

		/* No compression in a question. */
		if (n > 63 || at + n >= len || out + n + 2 > size)
			return 0;
		if (out > 0)
			name[out++] = '.';
		for (size_t i = 0; i < n; i++) {
			if (!plain(p[at + i]))
				return 0;
			name[out++] = (char)tolower(p[at + i]);
		}
		at += n;
	}
	name[out] = '\0';
	return at < len && out > 0 ? at + 1 : 0;
}

bool
ae_dns_question(const unsigned char *p, size_t len, struct ae_question *q)
{
	size_t end;

	memset(q, 0, sizeof(*q));
	/* A standard query with one question and no answer. */
	if (len < HEAD + 6 || (p[2] & 0xf8) != 0 || get16(p + 4) != 1 ||
	    get16(p + 6) != 0 || get16(p + 8) != 0)
		return false;
	end = read_name(p, len, q->name, sizeof(q->name));
	if (end == 0 || len - end < 4 || get16(p + end + 2) != 1 ||
	    end + 4 - HEAD > sizeof(q->raw))
		return false;
	q->id = get16(p);
	q->recursion = (p[2] & 1) != 0;
	q->type = get16(p + end);
	q->len = end + 4 - HEAD;
	memcpy(q->raw, p + HEAD, q->len);
	return true;
}

static unsigned char *
put16(unsigned char *p, unsigned v)
{
	*p++ = (unsigned char)(v >> 8);
	*p++ = (unsigned char)v;
	return p;
}

/* One record; its name is the question's. */
static unsigned char *
put_address(
    unsigned char *p, const struct ae_question *q, const struct in6_addr *a)
{
	size_t n = q->type == AE_DNS_A ? 4 : 16;

	p = put16(p, 0xc000 | HEAD);
	p = put16(p, q->type);
	p = put16(p, 1);
	p = put16(p, 0);
	p = put16(p, TTL);
	p = put16(p, (unsigned)n);
	memcpy(p, a->s6_addr + 16 - n, n);
	return p + n;
}

size_t
ae_dns_answer(const struct ae_question *q, int code,
    const struct in6_addr *addrs, size_t n, unsigned char *out)
{
	unsigned char *p = out;
	unsigned count = 0;

	p = put16(p, q->id);
	*p++ = (unsigned char)(0x80 | (q->recursion ? 1 : 0));
	*p++ = (unsigned char)(0x80 | code);
	p = put16(p, 1);
	p = put16(p, 0);
	p = put16(p, 0);
	p = put16(p, 0);
	memcpy(p, q->raw, q->len);
	p += q->len;
	for (size_t i = 0; i < n && count < AE_DNS_ANSWERS; i++) {
		if (IN6_IS_ADDR_V4MAPPED(&addrs[i]) != (q->type == AE_DNS_A) ||
		    p - out + 28 > AE_DNS_MAX)
			continue;
		p = put_address(p, q, &addrs[i]);
		count++;
	}
	put16(out + 6, count);
	return (size_t)(p - out);
}
