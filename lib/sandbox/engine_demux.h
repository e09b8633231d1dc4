/*
 * engine_demux.h - the stream of an attach or of a log, taken apart.
 *
 * The engine frames each piece by 8 bytes: the stream (0 stdin, 1 stdout, 2
 * stderr), three zeros, a big-endian length (Docker Engine API, "Attach to a
 * container: stream format").
 */
#ifndef AE_SANDBOX_ENGINE_DEMUX_H
#define AE_SANDBOX_ENGINE_DEMUX_H

#include <stdint.h>

#include "core/buf.h"

struct ae_demux {
	struct ae_buf out, err; /* what has come so far; the caller drops */
	unsigned char head[8];
	size_t have;            /* bytes of the head */
	uint32_t left;          /* bytes of the present piece */
};

#define AE_DEMUX_INIT {AE_BUF_INIT, AE_BUF_INIT, {0}, 0, 0}

/* Takes bytes in, of any cut.  -1 when they are not such a stream. */
int ae_demux_add(struct ae_demux *, struct ae_str);
void ae_demux_free(struct ae_demux *);

#endif
