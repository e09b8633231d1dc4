#include "scan/scan.h"

void
ae_scan_python(struct ae_scan *s, const struct ae_scan_unit *u)
{
	(void)s;
	(void)u;
}
