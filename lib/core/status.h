/*
 * status.h - exit statuses of every filter, and which of two is worse.
 */
#ifndef AE_CORE_STATUS_H
#define AE_CORE_STATUS_H

enum ae_status {
	AE_GOOD = 0,	   /* done, every verdict is good */
	AE_BAD = 1,	   /* done, at least one verdict is bad */
	AE_NOT_DONE = 2,   /* usage, configuration, bad input, environment */
	AE_TRY_AGAIN = 75, /* not done now, worth trying again (EX_TEMPFAIL) */
	AE_OWN_FAILURE = 125, /* ours, where a program's status is passed on */
};

/* The worse of two: good < bad < try again < not done. */
enum ae_status ae_status_worse(enum ae_status, enum ae_status);

#endif
