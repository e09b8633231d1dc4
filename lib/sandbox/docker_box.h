/*
 * docker_box.h - one container: made, attached and started, so that ae-init
 * waits in it for a program.  It is used once.
 *
 * The stream is attached before the container starts, so that nothing of it is
 * lost; it is closed before the container is removed, since an unread flood
 * would block that.  What closes it, the death of this process too, ends
 * ae-init, and with it all that runs in there.
 */
#ifndef AE_SANDBOX_DOCKER_BOX_H
#define AE_SANDBOX_DOCKER_BOX_H

#include "sandbox/engine.h"
#include "sandbox/engine_demux.h"

struct ae_box {
	char *id; /* NULL: the engine has made none */
	struct ae_curl *stream;
	int fd;		       /* of the stream, which owns it */
	struct ae_demux demux; /* what has come over it */
};

#define AE_BOX_INIT                                                            \
	{                                                                      \
		NULL, NULL, -1, AE_DEMUX_INIT                                  \
	}

/*
 * Makes one from the body of a create call.  After a failure, too, what there
 * is of it must be removed and freed.
 */
int ae_box_make(struct ae_engine *, struct ae_str config, struct ae_box *,
    struct ae_engine_why *);

/* Whether ae-init still waits: nothing has come, nothing has ended. */
bool ae_box_waits(const struct ae_box *);

/* Closes the stream: what runs in there ends. */
void ae_box_detach(struct ae_box *);

/* Detaches and forgets; the engine's container stays. */
void ae_box_free(struct ae_box *);

/* send and receive of a struct ae_talk, for the program's frames. */
long ae_box_send(void *box, struct ae_str);
long ae_box_receive(void *box, struct ae_buf *);

#endif
