#include "doc/work.h"

#include "core/msg.h"
#include "doc/check.h"

enum ae_status
ae_doc_error_status(jv root)
{
	AE_AUTO_JV jv error = ae_doc_get(root, "error");

	return ae_doc_bool_or(error, "temporary", false) ? AE_TRY_AGAIN
							 : AE_NOT_DONE;
}

static void
dump(jv v, struct ae_buf *out)
{
	AE_AUTO_JV jv text = jv_dump_string(v, 0);

	ae_buf_str(out, ae_doc_text(text));
}

static void
name_document(jv root, struct ae_buf *to)
{
	struct ae_str id = ae_doc_str_or(root, "id", "?");

	ae_buf_addf(
	    to, "document %.*s", (int)(id.len < 80 ? id.len : 80), id.s);
}

static void
fail_internal(const struct ae_filter *f, struct ae_doc *doc, const char *why)
{
	AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;

	name_document(doc->root, &name);
	ae_error("line %lu: %s: %s", doc->line, name.s, why);
	ae_doc_fail(doc, f->stage, "internal", false, why);
}

enum ae_status
ae_work_doc(const struct ae_filter *f, struct ae_doc *doc, struct ae_buf *out)
{
	enum ae_status verdict = AE_GOOD;
	struct ae_err err;

	if (!f->errors_too && ae_doc_has(doc->root, "error")) {
		verdict = ae_doc_error_status(doc->root);
	} else if (f->verb(doc, f->ctx, &verdict, &err) != 0) {
		fail_internal(f, doc, err.msg);
		verdict = AE_NOT_DONE;
	}
	dump(doc->root, out);
	doc->root = jv_invalid();
	return verdict;
}

static enum ae_status
work_bad(const struct ae_filter *f, const struct ae_piece *p, const char *code,
    const char *why, struct ae_buf *out)
{
	ae_error("line %lu: %s", p->at, why);
	dump(ae_doc_bad_input(f->stage, code, why, p->at, p->text), out);
	return AE_NOT_DONE;
}

enum ae_status
ae_work(const struct ae_filter *f, const struct ae_piece *p, struct ae_buf *out)
{
	struct ae_doc doc = {jv_invalid(), p->line};
	const char *code = "bad_input";
	struct ae_err err;

	if (p->kind == AE_PIECE_BAD)
		return work_bad(f, p, code, p->why.msg, out);
	if (ae_doc_parse(p->text, &doc, &code, &err) != 0)
		return work_bad(f, p, code, err.msg, out);
	return ae_work_doc(f, &doc, out);
}

enum ae_status
ae_work_lost(const struct ae_filter *f, const struct ae_piece *p,
    const char *how, struct ae_buf *out)
{
	struct ae_doc doc = {jv_invalid(), p->line};
	const char *code = "internal";
	struct ae_err err;

	if (p->kind == AE_PIECE_BAD)
		return work_bad(f, p, "bad_input", p->why.msg, out);
	if (ae_doc_parse(p->text, &doc, &code, &err) != 0)
		return work_bad(f, p, code, err.msg, out);
	fail_internal(f, &doc, how);
	dump(doc.root, out);
	return AE_NOT_DONE;
}
