/* lib/conf: YAML with places, the table of keys, layers, trust in files. */
#include "tap.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "conf/conf.h"
#include "conf/path.h"
#include "conf/yaml.h"
#include "core/auto.h"
#include "core/mem.h"

static char *dir;

static char *
write_file(const char *name, const char *text)
{
	char *path = ae_xasprintf("%s/%s", dir, name);
	AE_AUTO_FILE FILE *f = fopen(path, "w");

	if (f != NULL)
		fputs(text, f);
	return path;
}

static void
test_reference(const char *top)
{
	AE_AUTO_FREE char *path = ae_xasprintf("%s/config.yaml", top);
	struct ae_err err = {""};
	AE_AUTO_CONF struct ae_conf *file = ae_conf_load(path, &err);
	AE_AUTO_CONF struct ae_conf *own = ae_conf_defaults();
	AE_AUTO_BUF struct ae_buf differ = AE_BUF_INIT;
	AE_AUTO_YAML struct ae_yaml *y = ae_yaml_load(path, &err);

	if (!ok(file != NULL && y != NULL, "the reference file is good")) {
		printf("# %s\n", err.msg);
		return;
	}
	for (size_t i = 0; i < ae_conf_keys(); i++) {
		AE_AUTO_FREE char *a = ae_conf_show(file, i);
		AE_AUTO_FREE char *b = ae_conf_show(own, i);
		const struct ae_yaml_node *n = ae_yaml_root(y);
		AE_AUTO_FREE char *key = ae_xstrdup(ae_conf_key(i));

		if (strcmp(a, b) != 0)
			ae_buf_addf(&differ, "%s ", ae_conf_key(i));
		for (char *part = strtok(key, "."); part != NULL;
		     part = strtok(NULL, "."))
			n = ae_yaml_get(n, part);
		if (n == NULL)
			ae_buf_addf(&differ, "-%s ", ae_conf_key(i));
	}
	is_str(ae_buf_view(&differ), "code_execution.enabled ",
	    "the reference has every key, and each is the built-in default "
	    "but for enabled");
}

static void
test_errors(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
	    {"code_execution:\n  enable: true\n",
	        ":2: unknown key \"code_execution.enable\" (did you mean "
	        "\"enabled\"?)"},
	    {"sandbx: {}\n", ":1: unknown key \"sandbx\" (did you mean "
	                     "\"sandbox\"?)"},
	    {"zzzzzzzzzzzz: {}\n", ":1: unknown key \"zzzzzzzzzzzz\""},
	    {"code_execution:\n  enabled: 1\n", ":2: true or false expected"},
	    {"code_execution: {limits: {pids: 0}}\n",
	        ":1: 0 is not between 1 and 32768"},
	    {"code_execution: {limits: {memory: lots}}\n",
	        ":1: size such as \"256m\" expected: not a number: \"lots\""},
	    {"lint:\n\n  reference: sometimes\n",
	        ":3: \"sometimes\" is not one of: errors always never"},
	    {"sandbox: {require: files}\n", ":1: a list expected"},
	    {"sandbox: {require: [file]}\n",
	        ":1: \"file\" is not one of: files network run processes "
	        "syscalls time memory cpu disk pids output"},
	    {"sandbox: on\n", ":1: a map of keys expected"},
	    {"lint: {reference: never, reference: always}\n",
	        ":1: \"reference\" is given twice"},
	    {"a: &x 1\nb: *x\n", ":2: aliases are not allowed"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		AE_AUTO_FREE char *path = write_file("c.yaml", cases[i].text);
		AE_AUTO_FREE char *want =
		    ae_xasprintf("%s%s", path, cases[i].why);
		struct ae_err err = {""};
		AE_AUTO_CONF struct ae_conf *c = ae_conf_load(path, &err);

		ok(c == NULL, "a wrong file is refused");
		is_str(ae_str(err.msg), want, "with its place and the reason");
	}
}

static void
test_trust(void)
{
	AE_AUTO_FREE char *path = write_file("t.yaml", "{}\n");
	struct ae_err err = {""};
	AE_AUTO_CONF struct ae_conf *c = ae_conf_load(path, &err);

	ok(c != NULL, "an empty map is a configuration");
	chmod(path, 0666);
	ok(ae_conf_load(path, &err) == NULL && strstr(err.msg, "chmod") != NULL,
	    "a file that others can write is refused, with the way out");
	ok(ae_conf_load("/nonexistent", &err) == NULL,
	    "a file that was named must be there");
}

static void
test_layers(void)
{
	AE_AUTO_FREE char *home = ae_xasprintf("%s/ae", dir);
	AE_AUTO_FREE char *path = NULL;
	struct ae_err err = {""};

	mkdir(home, 0700);
	path = write_file("ae/config.yaml",
	    "sandbox: {pass_env: [TZ]}\nllm: {model: mine}\n");
	setenv("XDG_CONFIG_HOME", dir, 1);
	unsetenv("AE_CONFIG");
	AE_AUTO_CONF struct ae_conf *c = ae_conf_load(NULL, &err);

	if (!ok(c != NULL, "the user's file is read")) {
		printf("# %s\n", err.msg);
		return;
	}
	is_str(ae_str(ae_conf_str(c, "llm.model")), "mine", "and counts");
	ok(ae_conf_list_has(c, "sandbox.pass_env", AE_STR("TZ")), "lists too");
	ok(ae_conf_set(c, "sandbox.require", "files", "--require", &err) == 0 &&
	        ae_conf_set(c, "sandbox.require", "run", "--require", &err) ==
	            0 &&
	        ae_conf_list(c, "sandbox.require").n == 2,
	    "an option's list replaces the configured one, then grows");
	ok(ae_conf_set(c, "sandbox.backend", "moon", "--backend", &err) != 0,
	    "an option is checked");
	is_str(ae_str(err.msg),
	    "--backend: \"moon\" is not one of: auto local docker oci",
	    "and named");
}

int
main(void)
{
	char template[] = "/tmp/ae-test-conf-XXXXXX";
	const char *build = getenv("AE_BUILD");
	AE_AUTO_FREE char *top = NULL;
	AE_AUTO_FREE char *clean = NULL;

	dir = mkdtemp(template);
	top = ae_xasprintf("%s/etc/ae", build != NULL ? build : "build");
	test_reference(top);
	test_errors();
	test_trust();
	test_layers();
	clean = ae_xasprintf("rm -rf %s", dir);
	return system(clean) != 0 || done();
}
