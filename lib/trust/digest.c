#include "trust/digest.h"

#include <sodium.h>

/* What is hashed is parts, each with its length in front (8 bytes, little-
 * endian), so that no two different lists of parts give the same bytes. */
struct sum {
	crypto_hash_sha256_state state;
};

static void
add_number(struct sum *s, size_t n)
{
	unsigned char le[8];

	for (size_t i = 0; i < sizeof(le); i++)
		le[i] = (unsigned char)((uint64_t)n >> (8 * i));
	crypto_hash_sha256_update(&s->state, le, sizeof(le));
}

static void
add(struct sum *s, struct ae_str part)
{
	add_number(s, part.len);
	crypto_hash_sha256_update(
	    &s->state, (const unsigned char *)part.s, part.len);
}

static void
add_field(struct sum *s, jv obj, const char *key)
{
	add(s, ae_doc_str_or(obj, key, ""));
}

/* Bytes that may be given as base64.  What is neither is refused before it is
 * run. */
static void
add_content(struct sum *s, jv obj, const char *key)
{
	AE_AUTO_BUF struct ae_buf content = AE_BUF_INIT;
	struct ae_err err;

	if (ae_doc_get_bytes(obj, key, &content, &err) != 0)
		ae_buf_clear(&content);
	add(s, ae_buf_view(&content));
}

static void
add_files(struct sum *s, jv doc)
{
	AE_AUTO_JV jv files = ae_doc_get(doc, "files");
	int n = ae_doc_len(files);

	add_number(s, (size_t)n);
	for (int i = 0; i < n; i++) {
		AE_AUTO_JV jv file = ae_doc_at(files, i);

		add_field(s, file, "path");
		add_content(s, file, "content");
	}
}

static void
add_args(struct sum *s, jv doc)
{
	AE_AUTO_JV jv args = ae_doc_get(doc, "args");
	int n = ae_doc_len(args);

	add_number(s, (size_t)n);
	for (int i = 0; i < n; i++) {
		AE_AUTO_JV jv arg = ae_doc_at(args, i);

		add(s, ae_doc_text(arg));
	}
}

static void
add_env(struct sum *s, jv doc)
{
	AE_AUTO_JV jv env = ae_doc_get(doc, "env");
	AE_AUTO_JV jv names = ae_doc_keys(env);
	int n = ae_doc_len(names);

	add_number(s, (size_t)n);
	for (int i = 0; i < n; i++) {
		AE_AUTO_JV jv name = ae_doc_at(names, i);

		add(s, ae_doc_text(name));
		add_field(s, env, jv_string_value(name));
	}
}

static void
to_hex(const unsigned char raw[AE_DIGEST_SIZE], char hex[AE_DIGEST_HEX])
{
	sodium_bin2hex(hex, AE_DIGEST_HEX, raw, AE_DIGEST_SIZE);
}

void
ae_digest_raw(struct ae_str bytes, unsigned char out[AE_DIGEST_SIZE])
{
	crypto_hash_sha256(out, (const unsigned char *)bytes.s, bytes.len);
}

void
ae_digest(struct ae_str bytes, char hex[AE_DIGEST_HEX])
{
	unsigned char raw[AE_DIGEST_SIZE];

	ae_digest_raw(bytes, raw);
	to_hex(raw, hex);
}

void
ae_digest_checked(jv doc, char hex[AE_DIGEST_HEX])
{
	unsigned char raw[AE_DIGEST_SIZE];
	struct sum s;

	crypto_hash_sha256_init(&s.state);
	add(&s, AE_STR("ae-checked-1"));
	add_field(&s, doc, "language");
	add_field(&s, doc, "code");
	add_field(&s, doc, "tests");
	add_files(&s, doc);
	add_args(&s, doc);
	add_env(&s, doc);
	add_content(&s, doc, "stdin");
	crypto_hash_sha256_final(&s.state, raw);
	to_hex(raw, hex);
}

bool
ae_digest_holds(jv doc, const char *section)
{
	AE_AUTO_JV jv part = ae_doc_get(doc, section);
	char hex[AE_DIGEST_HEX];

	ae_digest_checked(doc, hex);
	return ae_str_eq(ae_doc_str_or(part, "sha256", ""), hex);
}
