/*
 * risk.h - how dangerous a program is: the scan says it, everybody reads it.
 */
#ifndef AE_CORE_RISK_H
#define AE_CORE_RISK_H

#include "core/str.h"

enum ae_risk {
	AE_RISK_LOW,
	AE_RISK_MEDIUM,
	AE_RISK_HIGH,
};

/* "low", "medium", "high". */
const char *ae_risk_name(enum ae_risk);
/* The reverse; -1 for another word. */
int ae_risk_find(struct ae_str);
/* The same where a word that is none must count as the worst. */
enum ae_risk ae_risk_of(struct ae_str);

#endif
