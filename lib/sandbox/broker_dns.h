/*
 * broker_dns.h - the few forms of the DNS that a stub resolver needs.
 *
 * Questions come from the sandboxed program: every length is checked.
 */
#ifndef AE_SANDBOX_BROKER_DNS_H
#define AE_SANDBOX_BROKER_DNS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	AE_DNS_A = 1,
	AE_DNS_AAAA = 28,
	AE_DNS_OK = 0,
	AE_DNS_SERVFAIL = 2,
	AE_DNS_NXDOMAIN = 3,
	AE_DNS_REFUSED = 5,
	AE_DNS_MAX = 512, /* bytes of an answer */
	AE_DNS_ANSWERS = 8,
};

struct ae_question {
	uint16_t id;
	uint16_t type;
	bool recursion;
	char name[256]; /* without the last dot, lower case */
	size_t len;	/* of the question as it came, from byte 12 */
	unsigned char raw[272];
};

/* Whether the packet is one question of class IN for a plain name. */
bool ae_dns_question(
    const unsigned char *packet, size_t len, struct ae_question *);

/*
 * Writes an answer to out (AE_DNS_MAX bytes): the code, and those of the n
 * addresses (IPv4 mapped) that are of the question's type.  Its length.
 */
size_t ae_dns_answer(const struct ae_question *, int code,
    const struct in6_addr *addrs, size_t n, unsigned char *out);

#endif
