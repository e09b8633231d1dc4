#include "lint.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return fuzz_lint(AE_GRAMMAR_PYTHON, &ae_lint_python, data, len);
}
