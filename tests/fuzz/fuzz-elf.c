/* ELF files of images, whose libraries are looked for. */

#include <stddef.h>
#include <stdint.h>

#include "sandbox/runtime-elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AE_AUTO_ELF struct ae_elf e = AE_ELF_INIT;

	ae_elf_parse(ae_strn((const char *)data, size), &e);
	return 0;
}
