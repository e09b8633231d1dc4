/*
 * clock.h - time: milliseconds of the monotonic clock, and RFC 3339 stamps.
 */
#ifndef AE_CORE_CLOCK_H
#define AE_CORE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC, in ms and in us. */
int64_t ae_clock_ms(void);
int64_t ae_clock_us(void);
/* Processor time of this thread, in us: a budget that no load cuts short. */
int64_t ae_clock_cpu_us(void);
/* CLOCK_REALTIME since the epoch, in ms. */
int64_t ae_clock_unix_ms(void);
/* "2026-11-24T10:00:00Z" of a time in s since the epoch; buf has 32 bytes. */
const char *ae_clock_stamp(int64_t unix_s, char buf[32]);

#endif
