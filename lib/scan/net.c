/* Hosts and ports: what the capability net asks for. */
#include <stdio.h>

#include "core/auto.h"
#include "scan/scan.h"

static const struct {
	const char *scheme;
	int port;
} schemes[] = {
    {"https", 443},
    {"http", 80},
    {"wss", 443},
    {"ws", 80},
    {"ftp", 21},
    {"ssh", 22},
    {"sftp", 22},
    {"git", 9418},
    {"smtp", 25},
    {"redis", 6379},
    {"postgresql", 5432},
    {"postgres", 5432},
    {"mysql", 3306},
    {"mongodb", 27017},
};

static int
default_port(struct ae_str scheme)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (ae_str_eq(scheme, schemes[i].scheme))
			return schemes[i].port;
	return 0;
}

static bool
is_hex_group(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':';
}

static bool
is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/* Splits "host:port" or "[v6]:port"; the port stays 0 if there is none. */
static struct ae_str
split_host(struct ae_str s, int *port)
{
	size_t n = 0;
	struct ae_str host;

	if (ae_str_starts(s, "[")) {
		n = 1;
		while (n < s.len && is_hex_group(s.s[n]))
			n++;
		host = ae_str_sub(s, 0, n + 1);
		n++;
	} else {
		while (n < s.len && is_host_char(s.s[n]))
			n++;
		host = ae_str_sub(s, 0, n);
	}
	if (n < s.len && s.s[n] == AE_HOLE)
		host.len = 0; /* the rest of the name is not known */
	if (n < s.len && s.s[n] == ':') {
		int p = 0;

		for (n++;
		     n < s.len && s.s[n] >= '0' && s.s[n] <= '9' && p < 65536;
		     n++)
			p = p * 10 + s.s[n] - '0';
		*port = p > 0 && p < 65536 ? p : *port;
	}
	return host;
}

/* Authority of a URL: without scheme, user and path. */
static struct ae_str
authority(struct ae_str url, int *port)
{
	const char *colon = memmem(url.s, url.len, "://", 3);
	struct ae_str rest = url;
	size_t n = 0;
	long at = -1;

	if (colon != NULL) {
		size_t k = (size_t)(colon - url.s);

		*port = default_port(ae_str_sub(url, 0, k));
		rest = ae_str_sub(url, k + 3, url.len);
	}
	while (n < rest.len && rest.s[n] != '/' && rest.s[n] != '?' &&
	       rest.s[n] != '#')
		n++;
	rest = ae_str_sub(rest, 0, n);
	for (size_t i = 0; i < rest.len; i++)
		if (rest.s[i] == '@')
			at = (long)i;
	return at >= 0 ? ae_str_sub(rest, (size_t)at + 1, rest.len) : rest;
}

/* Where machines in a cloud are given their keys. */
static bool
is_metadata(struct ae_str host)
{
	static const char *const hosts[] = {"169.254.169.254", "169.254.170.2",
	    "metadata.google.internal", "100.100.100.200", "[fd00:ec2::254]"};

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (ae_str_eq(host, hosts[i]))
			return true;
	return false;
}

/* Returns the origins of what is there. */
static uint64_t
need_net(struct ae_scan *s, const struct ae_scan_unit *u, struct ae_str host,
    int port, enum ae_risk risk, struct ae_scan_place at)
{
	char text[320];
	int n = 0;

	if (host.len == 0 || host.len > 255)
		n = snprintf(text, sizeof text, "*");
	else if (port == 0)
		n = snprintf(
		    text, sizeof text, "%.*s:*", (int)host.len, host.s);
	else
		n = snprintf(
		    text, sizeof text, "%.*s:%d", (int)host.len, host.s, port);
	ae_scan_need(
	    s, u, AE_CAP_NET, ae_strn(text, (size_t)n), risk, at.start, at.end);
	if (!is_metadata(host))
		return 0;
	ae_scan_hit_id(s, u, "net.metadata", at.start, at.end);
	return AE_FACT(SENSITIVE);
}

uint64_t
ae_scan_url(struct ae_scan *s, const struct ae_scan_unit *u,
    const struct ae_value *url, enum ae_risk risk, uint32_t start, uint32_t end)
{
	struct ae_scan_place at = {u, start, end};
	struct ae_str host = AE_STR_INIT;
	uint64_t from = 0;
	int port = 0;

	if (url->kind == AE_VALUE_CHOICE) {
		for (uint32_t i = 0; i < url->n; i++)
			from |=
			    ae_scan_url(s, u, url->items[i], risk, start, end);
		return from;
	}
	if (url->kind == AE_VALUE_STRING && url->s.len != 0) {
		if (ae_str_starts(url->s, "file:"))
			return ae_scan_path(
			    s, u, AE_PATH_READ, url, start, end);
		if (ae_str_starts(url->s, "data:"))
			return 0;
		host = split_host(authority(url->s, &port), &port);
	}
	return need_net(s, u, host, port, risk, at);
}

uint64_t
ae_scan_host(struct ae_scan *s, const struct ae_scan_unit *u,
    const struct ae_value *host, const struct ae_value *port, enum ae_risk risk,
    uint32_t start, uint32_t end)
{
	struct ae_scan_place at = {u, start, end};
	struct ae_str name = AE_STR_INIT;
	uint64_t from = 0;
	int number = 0;

	if (host->kind == AE_VALUE_CHOICE) {
		for (uint32_t i = 0; i < host->n; i++)
			from |= ae_scan_host(
			    s, u, host->items[i], port, risk, start, end);
		return from;
	}
	if (ae_value_is_text(host))
		name = host->s.len != 0 ? split_host(host->s, &number)
					: AE_STR("0.0.0.0");
	if (port != NULL && port->kind == AE_VALUE_NUMBER && port->num > 0 &&
	    port->num < 65536)
		number = (int)port->num;
	return need_net(s, u, name, number, risk, at);
}
