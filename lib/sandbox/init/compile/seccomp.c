/*
 * seccomp.yaml to BPF, at build time: writes a header with the filters.
 *
 *	ae-seccomp-compile seccomp.yaml x86_64|aarch64 > seccomp_filters.h
 *
 * Seven filters, since one libseccomp filter cannot say all: "names" (what
 * exists at all), "forms" (the narrow ones; everything else that exists),
 * "flags" (what is denied in certain forms), "alone" (what else is denied where
 * there are no namespaces), "record" (what is told), "counted" (that,
 * and what starts processes), "broker" (what is told and done by us where the
 * network is granted).
 */
#include <sys/mman.h>

#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/yaml.h"
#include "core/mem.h"

enum { MAX_CONDITIONS = 4 };

struct filter {
	const char *name;
	scmp_filter_ctx ctx;
	uint32_t arch;
};

static _Noreturn void
die(const char *what, const char *detail)
{
	fprintf(stderr, "seccomp.yaml: %s: %s\n", what, detail);
	exit(1);
}

static void
open_filter(struct filter *f, const char *name, uint32_t arch, uint32_t action)
{
	*f = (struct filter){name, seccomp_init(action), arch};
	if (f->ctx == NULL)
		die("cannot start a filter", name);
	seccomp_arch_remove(f->ctx, SCMP_ARCH_NATIVE);
	if (seccomp_arch_add(f->ctx, arch) != 0 ||
	    seccomp_attr_set(
		f->ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0)
		die("cannot set up a filter", name);
	/* A binary tree: a call late in the list costs no more. */
	seccomp_attr_set(f->ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
}

/* Its number on the architecture; negative: none there. */
static int
number(const struct filter *f, const char *call)
{
	int nr = seccomp_syscall_resolve_name_arch(f->arch, call);

	if (nr == __NR_SCMP_ERROR)
		die("no such call", call);
	return nr;
}

static void
rule(const struct filter *f, uint32_t action, const char *call, unsigned n,
    const struct scmp_arg_cmp *cmp)
{
	int nr = number(f, call);

	if (nr < 0)
		return;
	/* Rules are named by the build machine's numbers. */
	nr = seccomp_syscall_resolve_name(call);
	if (seccomp_rule_add_exact_array(f->ctx, action, nr, n, cmp) != 0)
		die("cannot add a rule", call);
}

/* The values of one condition, each in turn, with all those of the others. */
static void
expand(const struct filter *f, uint32_t action, const char *call,
    const struct ae_yaml_node *line, unsigned at, struct scmp_arg_cmp *cmp)
{
	const char *s;
	char *end;
	unsigned arg;
	uint64_t mask = 0xffffffff;

	if (at == line->n) {
		rule(f, action, call, at, cmp);
		return;
	}
	s = line->values[at]->s.s;
	arg = (unsigned)strtoul(s, &end, 10);
	if (end == s || arg > 5 || at >= MAX_CONDITIONS)
		die("a malformed condition", s);
	if (*end == '&')
		mask = strtoull(end + 1, &end, 16);
	if (strncmp(end, " above ", 7) == 0 || strncmp(end, " not ", 5) == 0) {
		enum scmp_compare op =
		    end[1] == 'a' ? SCMP_CMP_GT : SCMP_CMP_NE;

		cmp[at] = (struct scmp_arg_cmp){.arg = arg,
		    .op = op,
		    .datum_a = strtoull(strchr(end + 1, ' '), NULL, 0)};
		expand(f, action, call, line, at + 1, cmp);
		return;
	}
	if (strncmp(end, " in ", 4) != 0)
		die("a malformed condition", s);
	for (s = end + 4; *s != '\0'; s = end + (*end == ' ')) {
		uint64_t value = strtoull(s, &end, 0);

		if (end == s)
			die("a malformed value", s);
		cmp[at] = (struct scmp_arg_cmp){.arg = arg,
		    .op = SCMP_CMP_MASKED_EQ,
		    .datum_a = mask,
		    .datum_b = value};
		expand(f, action, call, line, at + 1, cmp);
	}
}

static void
conditional(
    const struct filter *f, uint32_t action, const struct ae_yaml_node *list)
{
	struct scmp_arg_cmp cmp[MAX_CONDITIONS];

	for (uint32_t i = 0; i < list->n; i++) {
		const struct ae_yaml_node *e = list->values[i];
		const char *call = ae_yaml_get(e, "call")->s.s;
		const struct ae_yaml_node *when = ae_yaml_get(e, "when");

		if (when == NULL)
			rule(f, action, call, 0, NULL);
		for (uint32_t k = 0; when != NULL && k < when->n; k++)
			expand(f, action, call, when->values[k], 0, cmp);
	}
}

/* Every call of the groups, or every call of the narrow ones. */
static void
whole(const struct filter *f, uint32_t action, const struct ae_yaml_node *list)
{
	for (uint32_t i = 0; i < list->n; i++) {
		const struct ae_yaml_node *call =
		    ae_yaml_get(list->values[i], "call");
		const struct ae_yaml_node *calls =
		    ae_yaml_get(list->values[i], "calls");

		if (call != NULL)
			rule(f, action, call->s.s, 0, NULL);
		for (uint32_t k = 0; calls != NULL && k < calls->n; k++)
			rule(f, action, calls->values[k]->s.s, 0, NULL);
	}
}

static void
emit(const struct filter *f)
{
	struct sock_filter insn;
	int fd = memfd_create("filter", MFD_CLOEXEC);
	int n = 0;

	if (fd < 0 || seccomp_export_bpf(f->ctx, fd) != 0 ||
	    lseek(fd, 0, SEEK_SET) != 0)
		die("cannot export", f->name);
	printf("static struct sock_filter filter_%s[] = {\n", f->name);
	while (read(fd, &insn, sizeof(insn)) == sizeof(insn)) {
		printf("{0x%x,%u,%u,0x%x},%s", insn.code, insn.jt, insn.jf,
		    insn.k, ++n % 4 == 0 ? "\n" : "");
	}
	printf("};\n");
	close(fd);
	seccomp_release(f->ctx);
}

static const struct ae_yaml_node *
part(const struct ae_yaml_node *root, const char *name)
{
	const struct ae_yaml_node *n = ae_yaml_get(root, name);

	if (n == NULL || n->kind != AE_YAML_SEQ)
		die("no list", name);
	return n;
}

static void
compile(const struct ae_yaml_node *root, uint32_t arch)
{
	struct filter f;

	open_filter(&f, "forms", arch, SCMP_ACT_ERRNO(EPERM));
	whole(&f, SCMP_ACT_ALLOW, part(root, "allow"));
	conditional(&f, SCMP_ACT_ALLOW, part(root, "narrow"));
	/* Left to "names", which is loaded later: by a call that it forbids. */
	whole(&f, SCMP_ACT_ALLOW, part(root, "forbid"));
	whole(&f, SCMP_ACT_ALLOW, part(root, "unsupported"));
	emit(&f);
	open_filter(&f, "flags", arch, SCMP_ACT_ALLOW);
	conditional(&f, SCMP_ACT_ERRNO(EPERM), part(root, "deny"));
	emit(&f);
	open_filter(&f, "names", arch, SCMP_ACT_ERRNO(ENOSYS));
	whole(&f, SCMP_ACT_ALLOW, part(root, "allow"));
	whole(&f, SCMP_ACT_ALLOW, part(root, "narrow"));
	whole(&f, SCMP_ACT_ERRNO(EPERM), part(root, "forbid"));
	whole(&f, SCMP_ACT_ERRNO(EOPNOTSUPP), part(root, "unsupported"));
	emit(&f);
	open_filter(&f, "alone", arch, SCMP_ACT_ALLOW);
	whole(&f, SCMP_ACT_ERRNO(EPERM), part(root, "alone"));
	conditional(&f, SCMP_ACT_ERRNO(EPERM), part(root, "alone_deny"));
	emit(&f);
	open_filter(&f, "record", arch, SCMP_ACT_ALLOW);
	conditional(&f, SCMP_ACT_NOTIFY, part(root, "record"));
	conditional(&f, SCMP_ACT_NOTIFY, part(root, "record_addresses"));
	emit(&f);
	open_filter(&f, "counted", arch, SCMP_ACT_ALLOW);
	conditional(&f, SCMP_ACT_NOTIFY, part(root, "record"));
	conditional(&f, SCMP_ACT_NOTIFY, part(root, "record_addresses"));
	conditional(&f, SCMP_ACT_NOTIFY, part(root, "counted"));
	emit(&f);
	open_filter(&f, "broker", arch, SCMP_ACT_ALLOW);
	conditional(&f, SCMP_ACT_NOTIFY, part(root, "record"));
	conditional(&f, SCMP_ACT_NOTIFY, part(root, "broker"));
	conditional(&f, SCMP_ACT_ERRNO(EPERM), part(root, "broker_deny"));
	emit(&f);
}

int
main(int argc, char *argv[])
{
	struct ae_err err;
	AE_AUTO_YAML struct ae_yaml *y =
	    argc == 3 ? ae_yaml_load(argv[1], &err) : NULL;
	uint32_t arch = argc == 3 ? seccomp_arch_resolve_name(argv[2]) : 0;

	if (y == NULL || arch == 0)
		die("cannot be read", argc == 3 ? err.msg : "usage");
	/* The build machine's kernel need not know user notification. */
	seccomp_api_set(6);
	printf("/* Made by make from lib/sandbox/seccomp.yaml. */\n");
	compile(ae_yaml_root(y), arch);
	return fflush(stdout) == 0 ? 0 : 1;
}
