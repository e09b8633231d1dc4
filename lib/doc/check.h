/*
 * check.h - a JSON text becomes a document: types of the caller's fields,
 * version, id.
 */
#ifndef AE_DOC_CHECK_H
#define AE_DOC_CHECK_H

#include "doc/doc.h"

/*
 * Parses text, which ae_lex_value() took whole.  On success *doc is the
 * document (the caller frees doc->root), with "ae" and "id" filled in where
 * they were absent.  Otherwise -1 with what is wrong, naming the field; *code
 * is then "bad_input" or "version".
 */
int ae_doc_parse(
    struct ae_str text, struct ae_doc *doc, const char **code, struct ae_err *);

/*
 * The types of the fields of DOCUMENTS, without "ae" and "id".  0, or -1 and
 * the name of the first field that is wrong.
 */
int ae_doc_check(jv root, struct ae_err *);

/* A document of nothing but ae, id and error: {code, message, line, raw}. */
jv ae_doc_bad_input(const char *stage, const char *code, const char *message,
    unsigned long line, struct ae_str raw);

#endif
