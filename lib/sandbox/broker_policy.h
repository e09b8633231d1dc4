/*
 * broker_policy.h - where a granted network leads, and where never.
 *
 * What is granted are names or addresses with ports, or "*".  An address may
 * be connected to if it is public, the port is granted, and the name that it
 * was looked up for (or the address itself) is.  Owns its memory:
 * ae_policy_free().
 */
#ifndef AE_SANDBOX_BROKER_POLICY_H
#define AE_SANDBOX_BROKER_POLICY_H

#include <sys/socket.h>

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/str.h"
#include "trust/request.h"

struct ae_target {
	char *host;    /* lower case; "*", "*.example.com", or an address */
	uint16_t port; /* 0: 80 and 443 */
};

struct ae_known {
	struct in6_addr addr; /* IPv4 as ::ffff:a.b.c.d */
	char *name;	      /* that it was looked up for */
};

struct ae_policy {
	struct ae_target *targets;
	size_t n_targets;
	struct ae_known *known;
	size_t n_known, cap_known;
	struct in6_addr *own; /* the machine's own addresses */
	size_t n_own;
};

void ae_policy_init(struct ae_policy *, const struct ae_grants *);
void ae_policy_free(struct ae_policy *);

/* One more own address: "::1", "::ffff:192.0.2.1"; what is none is ignored. */
void ae_policy_deny(struct ae_policy *, const char *address);
/* The own addresses in that form, appended; the caller frees. */
void ae_policy_own(const struct ae_policy *, struct ae_strings *);

/* Whether the name may be looked up at all. */
bool ae_policy_name(const struct ae_policy *, struct ae_str name);

/* Whether the address is one of the public network's. */
bool ae_policy_public(const struct in6_addr *);
/* Public, and not this machine's own. */
bool ae_policy_outside(const struct ae_policy *, const struct in6_addr *);

/* Remembers that a granted name has this address. */
void ae_policy_learn(
    struct ae_policy *, struct ae_str name, const struct in6_addr *);

/*
 * Whether this may be connected to: 0, or errno.  label (280 bytes) becomes
 * "host:port" for the receipt, whatever the answer; *to is the address as it
 * was checked, to be connected to.
 */
int ae_policy_connect(const struct ae_policy *, const unsigned char *addr,
    size_t len, struct sockaddr_storage *to, socklen_t *to_len, char *label,
    size_t size);

/* "host:port", "[v6]:port" or "host"; false if it is none. */
bool ae_target_parse(const char *text, struct ae_target *out);

#endif
