#include "run/doctor.h"

#include <sys/utsname.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/msg.h"
#include "doc/filter.h"
#include "run/execute.h"
#include "run/result.h"

/* One way of running programs, and what came of trying it. */
struct part {
	const char *backend; /* as sandbox.backend has it */
	const char *name;    /* "docker", "podman", "runc" */
	char *version;	     /* or NULL */
	bool there, good;    /* works; and gives the required layers */
	struct ae_err why;   /* not there */
	struct ae_result r;
};

enum { MOST_PARTS = 8 };

struct doctor {
	const struct ae_conf *conf;
	const struct ae_langs *langs;
	struct part parts[MOST_PARTS];
	size_t n;
};

static struct part *
add(struct doctor *d, const char *backend, const char *name)
{
	struct part *p = &d->parts[d->n++];

	*p = (struct part){.backend = backend, .name = name};
	ae_result_init(&p->r);
	return p;
}

static void
try_local(struct doctor *d)
{
	struct part *p = add(d, "local", "local");
	struct utsname u;

	p->there = ae_execute_doctor(d->conf, &p->r, &p->why) == 0;
	if (uname(&u) == 0)
		p->version = ae_xasprintf("%s %s", u.sysname, u.release);
}

static void
try_engine(struct doctor *d, const char *name, const char *host)
{
	struct part *p = add(d, "docker", name);

	p->there = ae_execute_doctor_docker(d->conf, host, &p->r, &p->why) == 0;
	if (p->there)
		p->version = ae_xstrdup(p->r.interpreter);
	if (p->there && strncmp(p->version, "Podman", strlen("Podman")) == 0)
		p->name = "podman";
}

/* The engine that is used, and Podman's own socket if it is another. */
static void
try_engines(struct doctor *d)
{
	const char *run = getenv("XDG_RUNTIME_DIR");
	AE_AUTO_FREE char *own = ae_xasprintf(
	    "%s/podman/podman.sock", run != NULL ? run : "/nonexistent");
	bool mine = access(own, F_OK) == 0;
	AE_AUTO_FREE char *host =
	    ae_xasprintf("unix://%s", mine ? own : "/run/podman/podman.sock");

	try_engine(d, "docker", NULL);
	if (strcmp(d->parts[d->n - 1].name, "podman") != 0)
		try_engine(d, "podman", host);
}

static void
try_runtime(struct doctor *d, const char *runtime)
{
	struct part *p = add(d, "oci", runtime);

	p->there = ae_execute_doctor_oci(
		       d->conf, d->langs, runtime, &p->r, &p->why) == 0;
	if (p->r.version != NULL)
		p->version = ae_xstrdup(p->r.version);
}

static void
try_runtimes(struct doctor *d)
{
	static const char *const names[] = {"runc", "crun", "runsc"};
	const char *ours = ae_conf_str(d->conf, "sandbox.oci.runtime");
	bool known = false;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		try_runtime(d, names[i]);
		known = known || strcmp(names[i], ours) == 0;
	}
	if (!known)
		try_runtime(d, ours);
}

/* Whether the backend that would be used is good. */
static bool
judge(struct doctor *d)
{
	struct ae_conf_list list = ae_conf_list(d->conf, "sandbox.require");
	struct ae_strings require = {list.v, list.n};
	const char *ours = ae_conf_str(d->conf, "sandbox.backend");
	const char *runtime = ae_conf_str(d->conf, "sandbox.oci.runtime");
	bool any = strcmp(ours, "auto") == 0, good = false;

	for (size_t i = 0; i < d->n; i++) {
		struct part *p = &d->parts[i];
		bool oci = strcmp(p->backend, "oci") == 0;

		p->good = p->there && ae_layer_missing(&p->r, &require) == NULL;
		if ((any && !oci) ||
		    (strcmp(ours, p->backend) == 0 &&
			(!oci || strcmp(runtime, p->name) == 0)))
			good = good || p->good;
	}
	return good;
}

static bool
required(const struct ae_conf *conf, const struct ae_layer *l)
{
	return ae_conf_list_has(conf, "sandbox.require", ae_str(l->name));
}

static void
print_layers(const struct ae_conf *conf, const struct ae_result *r)
{
	printf("%-11s %-8s %-9s %s\n", "LAYER", "ACTIVE", "REQUIRED", "HOW");
	for (size_t i = 0; i < r->n_layers; i++) {
		const struct ae_layer *l = &r->layers[i];

		printf("%-11s %-8s %-9s %s\n", l->name,
		    l->active ? "yes" : "no", required(conf, l) ? "yes" : "-",
		    l->active && l->how != NULL ? l->how
		    : l->why != NULL		? l->why
						: "-");
		if (!l->active && l->fix != NULL)
			printf("%31sfix: %s\n", "", l->fix);
	}
}

static void
print_text(const struct doctor *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct part *p = &d->parts[i];

		printf("%s%s: ", i == 0 ? "" : "\n", p->name);
		ae_msg_text(stdout, ae_str(p->there ? p->version : "no: "));
		if (!p->there)
			ae_msg_text(stdout, ae_str(p->why.msg));
		putchar('\n');
		if (p->there)
			print_layers(d->conf, &p->r);
	}
}

static jv
part_json(const struct part *p)
{
	return JV_OBJECT(jv_string("backend"), jv_string(p->backend),
	    jv_string("name"), jv_string(p->name), jv_string("version"),
	    p->version != NULL ? jv_string(p->version) : jv_null(),
	    jv_string("works"), jv_bool(p->there), jv_string("why"),
	    p->there ? jv_null() : jv_string(p->why.msg), jv_string("ok"),
	    jv_bool(p->good), jv_string("layers"),
	    p->there ? ae_run_layers(&p->r) : jv_array());
}

static int
print_json(const struct doctor *d, bool good, struct ae_err *err)
{
	jv list = jv_array();
	AE_AUTO_JV jv out = jv_invalid();

	for (size_t i = 0; i < d->n; i++)
		list = jv_array_append(list, part_json(&d->parts[i]));
	jv_free(out);
	out = JV_OBJECT(jv_string("backend"),
	    jv_string(ae_conf_str(d->conf, "sandbox.backend")), jv_string("ok"),
	    jv_bool(good), jv_string("backends"), list);
	return ae_doc_write(out, false, err);
}

enum ae_status
ae_doctor(const struct ae_conf *conf, const struct ae_langs *langs, bool json)
{
	struct doctor d = {.conf = conf, .langs = langs};
	struct ae_err err;
	bool good = false;
	int rc = 0;

	try_local(&d);
	try_engines(&d);
	try_runtimes(&d);
	good = judge(&d);
	if (json)
		rc = print_json(&d, good, &err);
	else
		print_text(&d);
	for (size_t i = 0; i < d.n; i++) {
		ae_result_free(&d.parts[i].r);
		free(d.parts[i].version);
	}
	if (rc != 0 || fflush(stdout) != 0 || ferror(stdout)) {
		ae_error("write <stdout>");
		return AE_NOT_DONE;
	}
	return good ? AE_GOOD : AE_BAD;
}
