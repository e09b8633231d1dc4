/* Questions that a sandboxed program sends to the name stub. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/broker_dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ae_question q;
	struct in6_addr a[AE_DNS_ANSWERS] = {0};
	unsigned char out[AE_DNS_MAX];

	if (ae_dns_question(data, size, &q) &&
	    ae_dns_answer(&q, AE_DNS_OK, a, AE_DNS_ANSWERS, out) > AE_DNS_MAX)
		abort();
	return 0;
}
