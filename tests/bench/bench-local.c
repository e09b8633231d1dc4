/*
 * bench-local LANGUAGE CODE: one run in the local sandbox and nothing else of
 * the suite, for make bench: what it costs over the bare interpreter is the
 * sandbox's own price, the start of this program included.
 */
#include <stdio.h>
#include <string.h>

#include "conf/path.h"
#include "core/auto.h"
#include "sandbox/sandbox.h"

int
main(int argc, char *argv[])
{
	static char local[] = "local", empty[] = "";
	struct ae_err err = {""};
	AE_AUTO_LANGS struct ae_langs *langs = ae_langs_load(&err);
	AE_AUTO_FREE char *init = ae_path_libexec("ae-init");
	AE_AUTO_RUNTIME struct ae_runtime runtime = AE_RUNTIME_INIT;
	struct ae_sandbox_opts o = AE_SANDBOX_OPTS_INIT;
	struct ae_request req = {.timeout_ms = 10000,
	    .limits = {50000, 256 << 20, 100 << 20, 64, 1 << 20}};
	struct ae_runtime_want want = {.grants = &req.grants,
	    .uid = AE_SANDBOX_UID, .gid = AE_SANDBOX_GID};
	struct ae_result res;
	int r = -1;

	if (argc != 3 || langs == NULL) {
		fprintf(stderr, "bench-local LANGUAGE CODE: %s\n", err.msg);
		return 2;
	}
	o.init = init;
	o.lang = want.lang = ae_lang_find(langs, ae_str(argv[1]));
	o.runtime = &runtime;
	o.output_stop = true;
	req.language = argv[1];
	req.least = req.mode = req.runtime = empty;
	req.backend = local;
	req.code = (struct ae_blob){(unsigned char *)argv[2], strlen(argv[2])};
	ae_result_init(&res);
	if (ae_runtime_find(&want, &runtime, &err) == 0)
		r = ae_sandbox_local_run(&req, &o, &res, &err);
	if (r != 0 || res.status != AE_RUN_OK)
		fprintf(stderr, "bench-local: %s\n", err.msg);
	r = r != 0 || res.status != AE_RUN_OK;
	ae_result_free(&res);
	return r;
}
