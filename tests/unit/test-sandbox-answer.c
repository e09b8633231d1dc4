/* What ae-init may say: every frame that is malformed ends the reading. */

#include <signal.h>
#include <string.h>

#include "core/auto.h"
#include "sandbox/answer.h"
#include "sandbox/frames.h"
#include "tap.h"

struct talk {
	struct ae_request req;
	struct ae_sandbox_opts opts;
	struct ae_result res;
	struct ae_answer answer;
	struct ae_err err;
	struct ae_buf b;
};

static void
begin(struct talk *t)
{
	*t = (struct talk){.opts = AE_SANDBOX_OPTS_INIT, .b = AE_BUF_INIT};
	t->req.limits.output = 8;
	ae_result_init(&t->res);
	ae_answer_init(&t->answer, &t->req, &t->opts, &t->res);
}

static void
end(struct talk *t)
{
	ae_answer_free(&t->answer);
	ae_result_free(&t->res);
	ae_buf_free(&t->b);
}

static void
number(struct ae_buf *b, uint64_t v)
{
	unsigned char p[8];

	ae_frame_u64(p, v);
	ae_buf_add(b, (const char *)p, 8);
}

static void
text(struct ae_buf *b, const char *s)
{
	unsigned char p[4];

	ae_frame_u32(p, (uint32_t)strlen(s));
	ae_buf_add(b, (const char *)p, 4);
	ae_buf_add(b, s, strlen(s) + 1);
}

/* Says the frame; the payload is then empty again. */
static int
say(struct talk *t, enum ae_frame type)
{
	unsigned char head[AE_FRAME_HEAD];
	int r;

	ae_frame_head(head, type, t->b.len);
	r = ae_answer_feed(
	    &t->answer, (const char *)head, sizeof(head), &t->err);
	if (r == 0)
		r = ae_answer_feed(&t->answer, t->b.s, t->b.len, &t->err);
	ae_buf_clear(&t->b);
	return r;
}

static int
say_end(struct talk *t, uint64_t why, uint64_t exit_code, uint64_t sig,
    uint64_t disk_full)
{
	const uint64_t v[] = {
	    why, exit_code, sig, 20, 0, 5000, 3000, 4096, disk_full, 0, 0};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		number(&t->b, v[i]);
	return say(t, AE_FRAME_END);
}

static void
good(void)
{
	struct talk t;

	begin(&t);
	ae_buf_puts(&t.b, "0123456789");
	ok(say(&t, AE_FRAME_OUT) == 0 && t.res.out.data.len == 8,
	    "output past the limit is not kept, whatever ae-init says");
	text(&t.b, "run");
	text(&t.b, "ls");
	for (uint64_t i = 1; i < 7; i++)
		number(&t.b, i);
	ok(say(&t, AE_FRAME_RECORD) == 0 && t.res.n_receipt == 1 &&
		t.res.receipt[0].denied == 3,
	    "a record is an entry of the receipt");
	text(&t.b, "a");
	text(&t.b, "file");
	number(&t.b, 3);
	number(&t.b, 0);
	ok(say(&t, AE_FRAME_ARTIFACT) == 0, "an artifact is named");
	ae_buf_add(&t.b, "x\0y", 3);
	ok(say(&t, AE_FRAME_CONTENT) == 0 &&
		t.res.artifacts[0].content.len == 3,
	    "and has content");
	ok(say_end(&t, AE_WHY_EXIT, 0, 0, 0) == 0 && t.answer.ended &&
		t.res.wall_ms == 5 && t.res.out.cut,
	    "the end has its numbers");
	ok(say(&t, AE_FRAME_OUT) != 0, "nothing comes after the end");
	end(&t);
}

static const struct {
	uint64_t why, exit_code, sig, disk_full;
	bool oom;
	enum ae_run_status status;
	const char *claim;
} ends[] = {
    {AE_WHY_EXIT, 0, 0, 0, false, AE_RUN_OK, "exit 0 is ok"},
    {AE_WHY_EXIT, 2, 0, 0, false, AE_RUN_FAILED, "exit 2 is failed"},
    {AE_WHY_EXIT, 0, 0, 1, true, AE_RUN_OK,
	"a limit that was met and survived ended nothing"},
    {AE_WHY_EXIT, 1, 0, 1, false, AE_RUN_DISK, "a full disk and a failure"},
    {AE_WHY_SIGNAL, 0, SIGKILL, 0, true, AE_RUN_MEMORY,
	"a kill by the memory limit"},
    {AE_WHY_SIGNAL, 0, SIGKILL, 0, false, AE_RUN_SIGNAL, "another kill"},
    {AE_WHY_SIGNAL, 0, SIGXFSZ, 0, false, AE_RUN_DISK, "a file too big"},
    {AE_WHY_TIME, 0, SIGKILL, 0, false, AE_RUN_TIMEOUT, "the wall clock"},
    {AE_WHY_CPU, 0, SIGXCPU, 0, false, AE_RUN_TIMEOUT, "the CPU seconds"},
    {AE_WHY_OUTPUT, 0, SIGKILL, 0, true, AE_RUN_OUTPUT, "the output"},
    {99, 0, 0, 0, false, AE_RUN_OK, "a reason that there is not"},
};

static void
judged(void)
{
	struct talk t;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		begin(&t);
		say_end(&t, ends[i].why, ends[i].exit_code, ends[i].sig,
		    ends[i].disk_full);
		ae_answer_judge(&t.answer, ends[i].oom);
		is_int(t.res.status, ends[i].status, ends[i].claim);
		end(&t);
	}
}

static void
bad(void)
{
	struct talk t;
	char huge[AE_FRAME_HEAD] = {AE_FRAME_OUT, -1, -1, -1, -1};

	begin(&t);
	ok(ae_answer_feed(&t.answer, huge, sizeof(huge), &t.err) != 0,
	    "a frame of 4 GiB is refused before it comes");
	end(&t);
	begin(&t);
	ok(say(&t, (enum ae_frame)'?') != 0, "an unknown frame is refused");
	end(&t);
	begin(&t);
	ae_buf_puts(&t.b, "x");
	ok(say(&t, AE_FRAME_CONTENT) != 0, "content of nothing is refused");
	end(&t);
	begin(&t);
	text(&t.b, "run");
	t.b.s[0] = 100;
	ok(say(&t, AE_FRAME_RECORD) != 0, "a text past its frame is refused");
	end(&t);
	begin(&t);
	text(&t.b, "run");
	t.b.s[t.b.len - 1] = 'x';
	ok(say(&t, AE_FRAME_LAYER) != 0, "a text without its NUL is refused");
	end(&t);
	begin(&t);
	number(&t.b, 0);
	ok(say(&t, AE_FRAME_END) != 0, "a short end is refused");
	end(&t);
	begin(&t);
	text(&t.b, "mount /proc");
	number(&t.b, 1);
	ok(say(&t, AE_FRAME_FAIL) != 0 && t.answer.failed &&
		strstr(t.err.msg, "mount /proc") != NULL,
	    "a failure names its step");
	end(&t);
}

int
main(void)
{
	good();
	judged();
	bad();
	return done();
}
