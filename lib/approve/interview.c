#include "approve/interview.h"

#include "approve/edit.h"
#include "approve/show.h"
#include "core/utf8.h"

#define SIGN "\xe2\x9a\xa0 " /* a warning sign */

static const char network_question[] =
    SIGN "This task requires network access. Allow network access for this "
	 "execution?\n[y/N]: ";
static const char high_question[] =
    SIGN "The risk of this program is HIGH. Allow a dangerous program for this "
	 "execution?\n[y/N]: ";
static const char question[] = "(e: edit it first, s: save it)\n"
			       "Execute this code? [y/N]: ";

static enum ae_answer
no(struct ae_objection *o, const char *code, const char *text)
{
	ae_object(o, false, code, text);
	return AE_ANSWER_NO;
}

/* Every answer that is no clear yes, in words. */
static enum ae_answer
refuse(struct ae_objection *o, enum ae_said said, const char *about)
{
	switch (said) {
	case AE_SAID_NOTHING:
		return no(o, "no_answer", "the terminal gave no answer");
	case AE_SAID_OTHER:
		return no(o, "unclear", "the answer was neither yes nor no");
	default:
		return no(o, "said_no", about);
	}
}

static int
show(struct ae_tty *t, const struct ae_case *c, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	struct ae_show s = {.doc = c->doc->root,
	    .langs = c->a->langs,
	    .p = &c->proposal,
	    .request = &c->request,
	    .judged = c->judged,
	    .colour = t->colour};

	ae_show(&s, &text);
	return ae_tty_put(t, ae_buf_view(&text), err);
}

/* Says how something went, on the terminal. */
static void
tell(struct ae_tty *t, const char *prefix, const char *what)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	struct ae_err err;

	ae_buf_puts(&text, prefix);
	ae_utf8_visible(&text, ae_str(what), false);
	ae_buf_putc(&text, '\n');
	ae_tty_put(t, ae_buf_view(&text), &err);
}

/* Asks until the answer is neither "edit" nor "save". */
static enum ae_said
ask_run(struct ae_tty *t, struct ae_case *c, bool *changed)
{
	for (;;) {
		enum ae_said said = ae_tty_ask(t, question);
		struct ae_err err = {""};

		if (said == AE_SAID_SAVE) {
			if (ae_edit_save(t, c->lang, c->doc->root, &err) != 0)
				tell(t, "not saved: ", err.msg);
		} else if (said == AE_SAID_EDIT) {
			*changed = ae_edit(t, c->lang, c->doc, &err) == 0;
			if (*changed)
				return said;
			tell(t, "not edited: ", err.msg);
		} else {
			return said;
		}
	}
}

enum ae_answer
ae_interview(struct ae_tty *t, struct ae_case *c, struct ae_objection *o)
{
	bool net = false, changed = false;
	enum ae_said said;

	if (show(t, c, &o->why) != 0)
		return no(o, "no_terminal", "the terminal is gone");
	if (c->risk == AE_RISK_HIGH) {
		said = ae_tty_ask(t, high_question);
		if (said != AE_SAID_YES)
			return refuse(o, said, "the risk is high");
	}
	if (jv_is_valid(c->proposal.net)) {
		said = ae_tty_ask(t, network_question);
		if (said != AE_SAID_YES && said != AE_SAID_NO)
			return refuse(o, said, "no network");
		net = said == AE_SAID_YES;
	}
	said = ask_run(t, c, &changed);
	if (changed)
		return AE_ANSWER_CHANGED;
	if (said != AE_SAID_YES)
		return refuse(o, said, "the answer was no");
	return net ? AE_ANSWER_YES_NET : AE_ANSWER_YES;
}
