#include "core/clock.h"

#include <time.h>

static int64_t
read_us(clockid_t id)
{
	struct timespec ts = {0, 0};

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
ae_clock_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t
ae_clock_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
ae_clock_cpu_us(void)
{
	return read_us(CLOCK_THREAD_CPUTIME_ID);
}

int64_t
ae_clock_unix_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000;
}

const char *
ae_clock_stamp(int64_t unix_s, char buf[32])
{
	time_t t = (time_t)unix_s;
	struct tm tm = {0};

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		buf[0] = '\0';
	return buf;
}
