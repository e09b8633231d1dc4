#include "lint/lint.h"

static void
errors(struct ae_lint *l)
{
	ae_lint_tree_errors(l, NULL);
}

const struct ae_lint_lang ae_lint_javascript = {
    .errors = errors,
};
