/*
 * doctor.h - what this machine can enforce, for people and for programs.
 */
#ifndef AE_RUN_DOCTOR_H
#define AE_RUN_DOCTOR_H

#include "conf/conf.h"
#include "core/status.h"
#include "lang/lang.h"

/*
 * Prints a table of layers for each backend that there is, and why others are
 * not; or one JSON object.  AE_GOOD if the backend that the configuration
 * names (auto: any) gives all that sandbox.require names, else AE_BAD.
 */
enum ae_status ae_doctor(
    const struct ae_conf *, const struct ae_langs *, bool json);

#endif
