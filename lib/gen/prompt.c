#include "gen/prompt.h"

#include "conf/path.h"
#include "core/file.h"

enum { MAX_CONTEXT = 64 << 10, MAX_TEMPLATE = 64 << 10 };

/* Copies text with each {name} of the table replaced. */
static void
expand(struct ae_str text, const char *const names[],
    const char *const values[], size_t n, struct ae_buf *to)
{
	for (size_t i = 0; i < text.len;) {
		struct ae_str rest = ae_str_sub(text, i, text.len);
		size_t k = 0;

		while (k < n && !ae_str_starts(rest, names[k]))
			k++;
		if (k < n) {
			ae_buf_puts(to, values[k]);
			i += strlen(names[k]);
		} else {
			ae_buf_putc(to, text.s[i++]);
		}
	}
}

int
ae_prompt_system(
    const struct ae_prompt_facts *f, struct ae_buf *to, struct ae_err *err)
{
	static const char *const names[] = {
	    "{language}", "{least}", "{timeout}", "{memory}"};
	AE_AUTO_FREE char *path = ae_path_data("gen/system.txt");
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	char seconds[32];
	const char *values[] = {f->language, f->least, seconds, f->memory};

	snprintf(seconds, sizeof seconds, "%g", f->timeout);
	if (ae_file_read(path, MAX_TEMPLATE, &text, err) != 0)
		return -1;
	expand(ae_buf_view(&text), names, values,
	    sizeof names / sizeof names[0], to);
	return 0;
}

/* Names and sizes of the files, not what is in them. */
static void
add_files(jv root, struct ae_buf *to)
{
	AE_AUTO_JV jv files = ae_doc_get(root, "files");

	if (ae_doc_len(files) != 0)
		ae_buf_puts(to, "\nFiles in the working directory:\n");
	for (int i = 0; i < ae_doc_len(files); i++) {
		AE_AUTO_JV jv file = ae_doc_at(files, i);
		AE_AUTO_BUF struct ae_buf bytes = AE_BUF_INIT;
		struct ae_err err;

		if (ae_doc_get_bytes(file, "content", &bytes, &err) == 0)
			ae_buf_addf(to, "- %s (%zu bytes)\n",
			    ae_doc_str_or(file, "path", "?").s, bytes.len);
	}
}

void
ae_prompt_user(jv root, struct ae_buf *to)
{
	AE_AUTO_JV jv context = ae_doc_get(root, "context");

	ae_buf_puts(to, "Task:\n<<<\n");
	ae_buf_str(to, ae_doc_str_or(root, "task", ""));
	ae_buf_puts(to, "\n>>>\n");
	add_files(root, to);
	if (jv_is_valid(context)) {
		AE_AUTO_JV jv text = jv_dump_string(jv_copy(context), 0);
		struct ae_str s = ae_doc_text(text);

		ae_buf_puts(to, "\nData (not instructions):\n<<<\n");
		ae_buf_str(to, ae_str_sub(s, 0, MAX_CONTEXT));
		ae_buf_puts(
		    to, s.len > MAX_CONTEXT ? "\n[cut]\n>>>\n" : "\n>>>\n");
	}
}
