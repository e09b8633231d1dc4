/* Where a granted network leads, and the few forms of the DNS. */

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "sandbox/broker_dns.h"
#include "sandbox/broker_policy.h"
#include "tap.h"

static bool
is_public(const char *text)
{
	struct in6_addr a = {0};

	if (strchr(text, ':') == NULL) {
		a.s6_addr[10] = a.s6_addr[11] = 0xff;
		inet_pton(AF_INET, text, a.s6_addr + 12);
	} else {
		inet_pton(AF_INET6, text, &a);
	}
	return ae_policy_public(&a);
}

static void
addresses(void)
{
	static const char *const good[] = {"1.1.1.1", "9.255.255.255",
	    "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
	    "172.32.0.0", "192.167.255.255", "223.255.255.255",
	    "2606:4700::1111", "2a00::1", "::ffff:8.8.8.8"};
	static const char *const bad[] = {"0.0.0.0", "10.0.0.1", "100.64.0.1",
	    "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
	    "192.0.0.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
	    "203.0.113.1", "224.0.0.1", "255.255.255.255", "::", "::1",
	    "::10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1",
	    "100::1", "2001::1", "2001:db8::1", "2002:a00:1::1", "3fff::1",
	    "fc00::1", "fe80::1", "fec0::1", "ff02::1"};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ok(is_public(good[i]), good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (!ok(!is_public(bad[i]), bad[i]))
			printf("# is refused\n");
}

static void
targets(void)
{
	static const struct {
		const char *text, *host;
		int port;
	} t[] = {{"Example.com:443", "example.com", 443},
	    {"example.com", "example.com", 0}, {"[::1]:80", "::1", 80},
	    {"2606::1", "2606::1", 0}, {"*.x.org:8443", "*.x.org", 8443},
	    {"host:*", "host", 0}, {"host:0", NULL, 0}, {"host:65536", NULL, 0},
	    {":80", NULL, 0}, {"[::1", NULL, 0}, {"host:http", NULL, 0}};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct ae_target got;
		bool good = ae_target_parse(t[i].text, &got);

		if (t[i].host == NULL)
			ok(!good, t[i].text);
		else
			ok(good && strcmp(got.host, t[i].host) == 0 &&
				got.port == t[i].port,
			    t[i].text);
		free(got.host);
	}
}

static int
try_connect(struct ae_policy *p, const char *ip, int port, char label[280])
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_storage to;
	socklen_t len;

	inet_pton(AF_INET, ip, &in.sin_addr);
	return ae_policy_connect(
	    p, (const unsigned char *)&in, sizeof(in), &to, &len, label, 280);
}

static void
grants(void)
{
	char one[] = "api.example.com:443", two[] = "1.2.3.4:8080";
	char three[] = "*.wild.example";
	char *v[] = {one, two, three};
	struct ae_grants g = {.net = {v, 3}};
	struct ae_policy p;
	struct in6_addr a = {0};
	char label[280];

	ae_policy_init(&p, &g);
	ok(ae_policy_name(&p, AE_STR("API.example.com.")), "a granted name");
	ok(!ae_policy_name(&p, AE_STR("xapi.example.com")), "not a longer one");
	ok(!ae_policy_name(&p, AE_STR("example.com")), "not a shorter one");
	ok(ae_policy_name(&p, AE_STR("a.wild.example")), "one below a pattern");
	ok(!ae_policy_name(&p, AE_STR("wild.example")),
	    "not the pattern's top");
	ok(!ae_policy_name(&p, AE_STR("evilwild.example")), "nor a look-alike");
	ok(try_connect(&p, "1.2.3.4", 8080, label) == 0, "a granted address");
	ok(try_connect(&p, "1.2.3.4", 80, label) != 0, "not on another port");
	ok(try_connect(&p, "5.6.7.8", 443, label) != 0,
	    "not one that nobody looked up");
	a.s6_addr[10] = a.s6_addr[11] = 0xff;
	inet_pton(AF_INET, "5.6.7.8", a.s6_addr + 12);
	ae_policy_learn(&p, AE_STR("api.example.com"), &a);
	ok(try_connect(&p, "5.6.7.8", 443, label) == 0, "looked up: yes");
	is_str(ae_str(label), "api.example.com:443", "and it is called so");
	ok(try_connect(&p, "5.6.7.8", 80, label) != 0, "but on its port");
	inet_pton(AF_INET, "10.0.0.1", a.s6_addr + 12);
	ae_policy_learn(&p, AE_STR("api.example.com"), &a);
	ok(try_connect(&p, "10.0.0.1", 443, label) != 0,
	    "a private one is not, whoever told it");
	ae_policy_free(&p);
}

static void
dns(void)
{
	static const unsigned char q[] = {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3,
	    'W', 'w', 'w', 1, 'x', 0, 0, 1, 0, 1};
	unsigned char bad[sizeof(q)], out[AE_DNS_MAX];
	struct in6_addr a[20];
	struct ae_question r;
	size_t n;

	ok(ae_dns_question(q, sizeof(q), &r) && r.type == AE_DNS_A,
	    "a question is read");
	is_str(ae_str(r.name), "www.x", "its name in lower case");
	for (n = 0; n < sizeof(q); n++)
		if (ae_dns_question(q, n, &r))
			break;
	ok(n == sizeof(q), "a cut one is none");
	memcpy(bad, q, sizeof(q));
	bad[12] = 0xc0;
	ok(!ae_dns_question(bad, sizeof(bad), &r), "a pointer is none");
	memcpy(bad, q, sizeof(q));
	bad[13] = '\n';
	ok(!ae_dns_question(bad, sizeof(bad), &r), "a strange byte is none");
	ae_dns_question(q, sizeof(q), &r);
	memset(a, 0, sizeof(a));
	for (int i = 0; i < 20; i++)
		a[i].s6_addr[10] = a[i].s6_addr[11] = 0xff;
	n = ae_dns_answer(&r, AE_DNS_OK, a, 20, out);
	ok(n <= AE_DNS_MAX && out[7] == AE_DNS_ANSWERS && (out[2] & 0x80),
	    "an answer is capped");
	n = ae_dns_answer(&r, AE_DNS_NXDOMAIN, NULL, 0, out);
	ok((out[3] & 15) == AE_DNS_NXDOMAIN && n == sizeof(q),
	    "a name that does not exist");
}

int
main(void)
{
	addresses();
	targets();
	grants();
	dns();
	return done();
}
