/*
 * err.h - why a call failed.
 *
 * A struct ae_err owns no memory: it lives on the stack and is never freed.  A
 * library function that can fail takes it last, fills it and returns -1 (or
 * NULL); it prints nothing and never exits.  Only cmd/ prints.
 */
#ifndef AE_CORE_ERR_H
#define AE_CORE_ERR_H

struct ae_err {
	char msg[512];
};

/* Sets the message.  Returns -1. */
int ae_fail(struct ae_err *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* Sets the message and appends the text of errno.  Returns -1. */
int ae_fail_sys(struct ae_err *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "context: " in front of the message that is there.  Returns -1. */
int ae_fail_in(struct ae_err *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

#endif
