#include "doc/id.h"

#include <stdio.h>

#include <sodium.h>

#include "core/clock.h"

char *
ae_id_new(char buf[AE_ID_SIZE])
{
	int64_t ms = ae_clock_unix_ms();
	unsigned char r[10];

	randombytes_buf(r, sizeof r);
	snprintf(buf, AE_ID_SIZE,
	    "%08x-%04x-7%01x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
	    (unsigned)(ms >> 16), (unsigned)(ms & 0xffff), r[0] & 0x0fu, r[1],
	    (r[2] & 0x3fu) | 0x80u, r[3], r[4], r[5], r[6], r[7], r[8], r[9]);
	return buf;
}
