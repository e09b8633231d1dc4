#include <stdlib.h>
#include <string.h>

#include "sandbox/init/init.h"

/*
 * What the program tried, for the receipt: one entry for each capability and
 * value, counted.  Bounded: what comes after the last place is only known to
 * have been there.
 */
enum { MAX_ENTRIES = 500 };

struct entry {
	char capability[8];
	char *value;
	bool granted;
	uint64_t used, denied, sent, received;
	int64_t first_us;
};

static struct {
	struct entry v[MAX_ENTRIES];
	size_t n;
	bool cut;
} record;

static struct entry *
find(const char *capability, const char *value)
{
	for (size_t i = 0; i < record.n; i++)
		if (strcmp(record.v[i].capability, capability) == 0 &&
		    strcmp(record.v[i].value, value) == 0)
			return &record.v[i];
	return NULL;
}

static struct entry *
add(const char *capability, const char *value, bool granted, int64_t at_us)
{
	struct entry *e = find(capability, value);

	if (e != NULL)
		return e;
	if (record.n == MAX_ENTRIES) {
		record.cut = true;
		return NULL;
	}
	e = &record.v[record.n];
	e->value = strdup(value);
	if (e->value == NULL)
		return NULL;
	strncpy(e->capability, capability, sizeof(e->capability) - 1);
	e->granted = granted;
	e->first_us = at_us;
	record.n++;
	return e;
}

void
record_use(const char *capability, const char *value, bool granted, bool denied,
    int64_t at_us)
{
	struct entry *e = add(capability, value, granted, at_us);

	if (e == NULL)
		return;
	e->granted |= granted;
	if (denied)
		e->denied++;
	else
		e->used++;
}

void
record_bytes(
    const char *capability, const char *value, uint64_t sent, uint64_t received)
{
	struct entry *e = find(capability, value);

	if (e == NULL)
		return;
	e->sent += sent;
	e->received += received;
}

void
record_report(struct init *in)
{
	for (size_t i = 0; i < record.n; i++) {
		const struct entry *e = &record.v[i];

		report_fields(AE_FRAME_RECORD, "ssnnnnnn", e->capability,
		    e->value, (uint64_t)e->granted, e->used, e->denied,
		    (uint64_t)(e->first_us / 1000), e->sent, e->received);
	}
	in->end.receipt_cut = record.cut;
}
