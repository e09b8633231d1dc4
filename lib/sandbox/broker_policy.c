#include "sandbox/broker_policy.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"

enum { MAX_KNOWN = 4096 };

/* Never, whatever is granted: IANA's special registries, and multicast. */
static const struct {
	uint32_t net;
	int bits;
} refused4[] = {
    {0x00000000, 8},  /* this network */
    {0x0a000000, 8},  /* private */
    {0x64400000, 10}, /* shared by carriers */
    {0x7f000000, 8},  /* loopback */
    {0xa9fe0000, 16}, /* link-local, metadata */
    {0xac100000, 12}, /* private */
    {0xc0000000, 24}, /* protocol assignments */
    {0xc0000200, 24}, /* documentation */
    {0xc0586300, 24}, /* 6to4 relays */
    {0xc0a80000, 16}, /* private */
    {0xc6120000, 15}, /* benchmarks */
    {0xc6336400, 24}, /* documentation */
    {0xcb007100, 24}, /* documentation */
    {0xe0000000, 4},  /* multicast */
    {0xf0000000, 4},  /* reserved, broadcast */
};

/* Within 2000::/3; everything outside of that is refused too. */
static const struct {
	unsigned char net[16];
	int bits;
} refused6[] = {
    {{0x20, 0x01, 0x00}, 23},	    /* assignments, Teredo, ORCHID */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},		    /* 6to4: an IPv4 address within */
    {{0x3f, 0xff, 0x00}, 20},	    /* documentation */
};

static bool
public4(uint32_t a)
{
	for (size_t i = 0; i < sizeof(refused4) / sizeof(*refused4); i++)
		if ((a ^ refused4[i].net) >> (32 - refused4[i].bits) == 0)
			return false;
	return true;
}

static bool
starts6(const unsigned char *a, const unsigned char *net, int bits)
{
	int bytes = bits / 8, rest = bits % 8;

	if (memcmp(a, net, (size_t)bytes) != 0)
		return false;
	return rest == 0 || ((a[bytes] ^ net[bytes]) >> (8 - rest)) == 0;
}

static uint32_t
v4_of(const struct in6_addr *a)
{
	uint32_t v;

	memcpy(&v, a->s6_addr + 12, 4);
	return ntohl(v);
}

bool
ae_policy_public(const struct in6_addr *a)
{
	if (IN6_IS_ADDR_V4MAPPED(a))
		return public4(v4_of(a));
	if (a->s6_addr[0] >> 5 != 1) /* NAT64 too is outside of 2000::/3 */
		return false;
	for (size_t i = 0; i < sizeof(refused6) / sizeof(*refused6); i++)
		if (starts6(a->s6_addr, refused6[i].net, refused6[i].bits))
			return false;
	return true;
}

static void
map4(const struct in_addr *from, struct in6_addr *to)
{
	memset(to, 0, sizeof(*to));
	to->s6_addr[10] = to->s6_addr[11] = 0xff;
	memcpy(to->s6_addr + 12, from, 4);
}

bool
ae_policy_outside(const struct ae_policy *p, const struct in6_addr *a)
{
	for (size_t i = 0; i < p->n_own; i++)
		if (IN6_ARE_ADDR_EQUAL(&p->own[i], a))
			return false;
	return ae_policy_public(a);
}

/* ---- what is granted ---------------------------------------------------- */

/* A decimal number of 1 to 65535, all of the text. */
static bool
take_port(const char *text, uint16_t *port)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	*port = (uint16_t)v;
	return isdigit((unsigned char)text[0]) && *end == '\0' && v >= 1 &&
	       v <= 65535;
}

bool
ae_target_parse(const char *text, struct ae_target *out)
{
	const char *host = text, *end, *colon = strrchr(text, ':');
	uint16_t port = 0;

	*out = (struct ae_target){0};
	if (text[0] == '[') {
		host = text + 1;
		end = strchr(text, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return false;
		colon = end[1] == ':' ? end + 1 : NULL;
	} else {
		/* Two colons and no bracket: an address without a port. */
		if (colon != NULL && strchr(text, ':') != colon)
			colon = NULL;
		end = colon != NULL ? colon : text + strlen(text);
	}
	if (colon != NULL && strcmp(colon + 1, "*") != 0 &&
	    !take_port(colon + 1, &port))
		return false;
	if (end == host)
		return false;
	out->host = ae_xmemdup(host, (size_t)(end - host));
	for (char *s = out->host; *s != '\0'; s++)
		*s = (char)tolower((unsigned char)*s);
	out->port = port;
	return true;
}

static void
add_target(struct ae_policy *p, const char *text)
{
	struct ae_target t;

	if (!ae_target_parse(text, &t))
		return;
	p->targets =
	    ae_xrealloc(p->targets, p->n_targets + 1, sizeof(*p->targets));
	p->targets[p->n_targets++] = t;
}

static void
add_own(struct ae_policy *p, const struct in6_addr *a)
{
	p->own = ae_xrealloc(p->own, p->n_own + 1, sizeof(*p->own));
	p->own[p->n_own++] = *a;
}

void
ae_policy_deny(struct ae_policy *p, const char *address)
{
	struct in6_addr a;

	if (inet_pton(AF_INET6, address, &a) == 1)
		add_own(p, &a);
}

void
ae_policy_own(const struct ae_policy *p, struct ae_strings *out)
{
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < p->n_own; i++) {
		if (inet_ntop(AF_INET6, &p->own[i], text, sizeof(text)) == NULL)
			continue;
		out->v = ae_xrealloc(out->v, out->n + 1, sizeof(*out->v));
		out->v[out->n++] = ae_xstrdup(text);
	}
}

static void
find_own(struct ae_policy *p)
{
	struct ifaddrs *list = NULL;

	if (getifaddrs(&list) != 0)
		return;
	for (struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
		struct in6_addr a;

		if (i->ifa_addr == NULL)
			continue;
		if (i->ifa_addr->sa_family == AF_INET)
			map4(&((struct sockaddr_in *)(void *)i->ifa_addr)
				  ->sin_addr,
			    &a);
		else if (i->ifa_addr->sa_family == AF_INET6)
			a = ((struct sockaddr_in6 *)(void *)i->ifa_addr)
				->sin6_addr;
		else
			continue;
		add_own(p, &a);
	}
	freeifaddrs(list);
}

void
ae_policy_init(struct ae_policy *p, const struct ae_grants *g)
{
	*p = (struct ae_policy){0};
	if (g->net_all)
		add_target(p, "*");
	for (size_t i = 0; i < g->net.n; i++)
		add_target(p, g->net.v[i]);
	find_own(p);
}

void
ae_policy_free(struct ae_policy *p)
{
	for (size_t i = 0; i < p->n_targets; i++)
		free(p->targets[i].host);
	for (size_t i = 0; i < p->n_known; i++)
		free(p->known[i].name);
	free(p->targets);
	free(p->known);
	free(p->own);
	*p = (struct ae_policy){0};
}

static bool
host_matches(const char *pattern, struct ae_str name)
{
	size_t n = strlen(pattern);

	if (name.len > 0 && name.s[name.len - 1] == '.')
		name.len--;
	if (strcmp(pattern, "*") == 0)
		return true;
	if (pattern[0] == '*' && pattern[1] == '.')
		return name.len > n - 1 &&
		       strncasecmp(name.s + name.len - (n - 1), pattern + 1,
			   n - 1) == 0;
	return name.len == n && strncasecmp(name.s, pattern, n) == 0;
}

static bool
port_matches(uint16_t granted, uint16_t port)
{
	return granted != 0 ? granted == port : port == 80 || port == 443;
}

bool
ae_policy_name(const struct ae_policy *p, struct ae_str name)
{
	for (size_t i = 0; i < p->n_targets; i++)
		if (host_matches(p->targets[i].host, name))
			return true;
	return false;
}

void
ae_policy_learn(
    struct ae_policy *p, struct ae_str name, const struct in6_addr *a)
{
	for (size_t i = 0; i < p->n_known; i++)
		if (IN6_ARE_ADDR_EQUAL(&p->known[i].addr, a) &&
		    ae_str_eq(name, p->known[i].name))
			return;
	if (p->n_known == MAX_KNOWN)
		return;
	ae_grow(
	    (void **)&p->known, p->n_known, &p->cap_known, sizeof(*p->known));
	p->known[p->n_known++] =
	    (struct ae_known){*a, ae_xmemdup(name.s, name.len)};
}

/* The granted name or address that leads there; NULL if there is none. */
static const char *
granted_as(const struct ae_policy *p, const struct in6_addr *a,
    const char *text, uint16_t port)
{
	for (size_t i = 0; i < p->n_targets; i++) {
		const struct ae_target *t = &p->targets[i];

		if (!port_matches(t->port, port))
			continue;
		for (size_t k = 0; k < p->n_known; k++)
			if (IN6_ARE_ADDR_EQUAL(&p->known[k].addr, a) &&
			    host_matches(t->host, ae_str(p->known[k].name)))
				return p->known[k].name;
		if (host_matches(t->host, ae_str(text)))
			return text;
	}
	return NULL;
}

/* The address in one form, and its port; false if it is none of ours. */
static bool
take_address(const unsigned char *addr, size_t len, struct in6_addr *a,
    uint16_t *port, struct sockaddr_storage *to, socklen_t *to_len)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
	sa_family_t family;

	memset(to, 0, sizeof(*to));
	if (len < sizeof(in4))
		return false;
	memcpy(&family, addr, sizeof(family));
	if (family == AF_INET) {
		memcpy(&in4, addr, sizeof(in4));
		map4(&in4.sin_addr, a);
		*port = ntohs(in4.sin_port);
		*to_len = sizeof(in4);
		memset(in4.sin_zero, 0, sizeof(in4.sin_zero));
		memcpy(to, &in4, sizeof(in4));
		return true;
	}
	if (family != AF_INET6 || len < sizeof(in6))
		return false;
	memcpy(&in6, addr, sizeof(in6));
	*a = in6.sin6_addr;
	*port = ntohs(in6.sin6_port);
	in6.sin6_scope_id = 0;
	in6.sin6_flowinfo = 0;
	*to_len = sizeof(in6);
	memcpy(to, &in6, sizeof(in6));
	return true;
}

int
ae_policy_connect(const struct ae_policy *p, const unsigned char *addr,
    size_t len, struct sockaddr_storage *to, socklen_t *to_len, char *label,
    size_t size)
{
	char text[INET6_ADDRSTRLEN] = "?";
	struct in6_addr a;
	uint16_t port;
	const char *name;
	bool v4;

	snprintf(label, size, "?");
	if (!take_address(addr, len, &a, &port, to, to_len))
		return EAFNOSUPPORT;
	v4 = IN6_IS_ADDR_V4MAPPED(&a);
	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? a.s6_addr + 12 : a.s6_addr,
	    text, sizeof(text));
	name = granted_as(p, &a, text, port);
	if (name != NULL && strcmp(name, text) != 0)
		snprintf(label, size, "%.250s:%u", name, port);
	else
		snprintf(label, size, v4 ? "%s:%u" : "[%s]:%u", text, port);
	if (!ae_policy_outside(p, &a))
		return EACCES;
	return name != NULL ? 0 : EACCES;
}
