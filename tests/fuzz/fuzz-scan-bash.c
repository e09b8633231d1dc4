#include "scan.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return fuzz_scan(AE_GRAMMAR_BASH, data, len);
}
