#include <stdlib.h>

#include "core/mem.h"
#include "lint/bash-parse.h"
#include "lint/bash-warn.h"

/*
 * A program is read once; only "((" that turns out to be two parentheses is
 * read again, which the fuel keeps from becoming quadratic.
 */
enum { FUEL_PER_BYTE = 24, FUEL_MIN = 100000 };

static void
ae_sh_free(struct ae_sh *p)
{
	for (size_t i = 0; i < p->n_here; i++)
		free(p->here[i].delim);
	free(p->here);
	ae_buf_free(&p->text);
}

static void
errors(struct ae_lint *l)
{
	struct ae_sh p = {.l = l, .text = AE_BUF_INIT};

	ae_buf_str(&p.text, l->src);
	if (l->src.len == 0 || l->src.s[l->src.len - 1] != '\n')
		ae_buf_putc(&p.text, '\n');
	p.fuel = (uint64_t)p.text.len * FUEL_PER_BYTE + FUEL_MIN;
	ae_sh_program(&p);
	if (p.failed && !l->incomplete)
		ae_sh_explain(&p, &l->problems[l->n - 1]);
	ae_sh_free(&p);
}

const struct ae_lint_lang ae_lint_bash = {
    .errors = errors,
    .warnings = ae_sh_warnings,
};
