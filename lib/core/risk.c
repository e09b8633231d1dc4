#include "core/risk.h"

static const char *const names[] = {
    [AE_RISK_LOW] = "low",
    [AE_RISK_MEDIUM] = "medium",
    [AE_RISK_HIGH] = "high",
};

const char *
ae_risk_name(enum ae_risk r)
{
	return names[r];
}

int
ae_risk_find(struct ae_str s)
{
	for (int r = AE_RISK_LOW; r <= AE_RISK_HIGH; r++)
		if (ae_str_eq(s, names[r]))
			return r;
	return -1;
}

enum ae_risk
ae_risk_of(struct ae_str s)
{
	int r = ae_risk_find(s);

	return r < 0 ? AE_RISK_HIGH : (enum ae_risk)r;
}
