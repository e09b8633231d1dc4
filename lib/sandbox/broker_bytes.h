/*
 * broker_bytes.h - how much went over each connection.
 *
 * The broker keeps no copy of a connected socket (a copy would keep the
 * connection open), so it asks the kernel: a closed connection's counters are
 * told on netlink when it goes, those of the living are read at the end.
 * Where the kernel does not tell, the counts are 0.
 */
#ifndef AE_SANDBOX_BROKER_BYTES_H
#define AE_SANDBOX_BROKER_BYTES_H

#include <stdint.h>

struct ae_bytes;

/* For as long as the process lives. */
struct ae_bytes *ae_bytes_new(void);
/* To be polled; or -1. */
int ae_bytes_fd(const struct ae_bytes *);
void ae_bytes_read(struct ae_bytes *);
/* A socket that has been made, and where it leads. */
void ae_bytes_add(struct ae_bytes *, int fd);
void ae_bytes_label(struct ae_bytes *, int fd, const char *label);
/* Calls fn with the sums of each label. */
void ae_bytes_tell(struct ae_bytes *,
    void (*fn)(void *arg, const char *label, uint64_t sent, uint64_t received),
    void *arg);

#endif
