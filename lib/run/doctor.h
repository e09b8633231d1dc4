/*
 * doctor.h - what this machine can enforce, for people and for programs.
 */
#ifndef AE_RUN_DOCTOR_H
#define AE_RUN_DOCTOR_H

#include "conf/conf.h"
#include "core/status.h"

/*
 * Prints a table of layers, or one JSON object, to stdout: AE_GOOD if all
 * that sandbox.require names are there, else AE_BAD.
 */
enum ae_status ae_doctor(const struct ae_conf *, bool json);

#endif
