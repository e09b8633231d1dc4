/*
 * id.h - names of documents: UUID version 7 (RFC 9562), so that names made
 * later sort later.
 */
#ifndef AE_DOC_ID_H
#define AE_DOC_ID_H

enum { AE_ID_SIZE = 37 };

/* Writes "01936f3e-....", NUL included, and returns buf. */
char *ae_id_new(char buf[AE_ID_SIZE]);

#endif
