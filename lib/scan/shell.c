#include "scan/scan.h"

uint64_t
ae_scan_command(struct ae_scan *s, const struct ae_scan_unit *u,
    const struct ae_value *const *argv, size_t n, enum ae_risk risk,
    uint32_t start, uint32_t end)
{
	bool known = n != 0 && ae_value_is_text(argv[0]);

	ae_scan_need(s, u, AE_CAP_RUN, known ? argv[0]->s : AE_STR("*"), risk,
	    start, end);
	return 0;
}
