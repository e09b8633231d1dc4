/* Bytes of a YAML file: a tree with places, or a reason. */
#include <assert.h>
#include <stdint.h>

#include "conf/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ae_err err = {""};
	AE_AUTO_YAML struct ae_yaml *y =
	    ae_yaml_parse(ae_strn((const char *)data, len), "fuzz", &err);

	if (y == NULL)
		assert(err.msg[0] != '\0');
	else
		assert(ae_yaml_root(y)->line >= 1);
	return 0;
}
