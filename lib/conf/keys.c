#include "conf/keys.h"

#define CE "code_execution."
#define MIB (INT64_C(1) << 20)
#define GIB (INT64_C(1) << 30)
#define LAYERS                                                                 \
	"files network run processes syscalls time memory cpu disk pids "      \
	"output"

const struct ae_key ae_keys[] = {
    {CE "enabled", AE_KEY_BOOL, "false", 0, 0, NULL},
    {CE "languages", AE_KEY_LIST, "[python, javascript, bash]", 0, 0, NULL},
    {CE "defaults.language", AE_KEY_STR, "python", 0, 0, NULL},
    {CE "defaults.timeout", AE_KEY_REAL, "30", 0, 86400, NULL},
    {CE "defaults.network_access", AE_KEY_BOOL, "false", 0, 0, NULL},
    {CE "limits.cpu_quota", AE_KEY_INT, "50000", 1000, 6400000, NULL},
    {CE "limits.memory", AE_KEY_SIZE, "256m", 16 * MIB, 1024 * GIB, NULL},
    {CE "limits.disk", AE_KEY_SIZE, "100m", 64 << 10, 1024 * GIB, NULL},
    {CE "limits.pids", AE_KEY_INT, "64", 1, 32768, NULL},
    {CE "limits.output", AE_KEY_SIZE, "1m", 0, GIB, NULL},
    {CE "limits.max_execution_time", AE_KEY_REAL, "300", 0, 86400, NULL},
    {CE "security.require_approval", AE_KEY_CHOICE, "true", 0, 0,
	"true false low medium high"},
    {CE "security.scan_code", AE_KEY_BOOL, "true", 0, 0, NULL},
    {CE "security.allow_dangerous_operations", AE_KEY_BOOL, "false", 0, 0,
	NULL},
    {CE "security.allow_unvalidated", AE_KEY_BOOL, "false", 0, 0, NULL},
    {CE "docker.enabled", AE_KEY_BOOL, "true", 0, 0, NULL},
    {CE "docker.images", AE_KEY_MAP,
	"{python: \"python:3.12-slim\", javascript: \"node:20-slim\", "
	"bash: \"bash:5.2-alpine\"}",
	0, 0, NULL},
    {CE "docker.network_mode", AE_KEY_CHOICE, "none", 0, 0, "none bridge host"},
    {CE "docker.read_only_rootfs", AE_KEY_BOOL, "true", 0, 0, NULL},
    {CE "docker.pull", AE_KEY_CHOICE, "missing", 0, 0, "missing always never"},
    {CE "logging.log_generated_code", AE_KEY_BOOL, "true", 0, 0, NULL},
    {CE "logging.log_execution_output", AE_KEY_BOOL, "true", 0, 0, NULL},
    {CE "logging.log_errors", AE_KEY_BOOL, "true", 0, 0, NULL},
    {"llm.provider", AE_KEY_STR, "openai-chat", 0, 0, NULL},
    {"llm.base_url", AE_KEY_STR, "\"\"", 0, 0, NULL},
    {"llm.model", AE_KEY_STR, "\"\"", 0, 0, NULL},
    {"llm.api_key_env", AE_KEY_STR, "\"\"", 0, 0, NULL},
    {"llm.max_tokens", AE_KEY_INT, "16384", 1, 10000000, NULL},
    {"llm.connect_timeout", AE_KEY_REAL, "10", 0, 86400, NULL},
    {"llm.timeout", AE_KEY_REAL, "300", 0, 86400, NULL},
    {"llm.max_retries", AE_KEY_INT, "2", 0, 100, NULL},
    {"lint.reference", AE_KEY_CHOICE, "errors", 0, 0, "errors always never"},
    {"lint.budget_ms", AE_KEY_INT, "200", 1, 60000, NULL},
    {"scan.budget_ms", AE_KEY_INT, "500", 1, 60000, NULL},
    {"sandbox.backend", AE_KEY_CHOICE, "auto", 0, 0, "auto local docker oci"},
    {"sandbox.require", AE_KEY_LIST,
	"[files, network, run, processes, syscalls, time]", 0, 0, LAYERS},
    {"sandbox.grants.run", AE_KEY_LIST, "[]", 0, 0, NULL},
    {"sandbox.grants.net", AE_KEY_LIST, "[]", 0, 0, NULL},
    {"sandbox.grants.read", AE_KEY_LIST, "[]", 0, 0, NULL},
    {"sandbox.grants.write", AE_KEY_LIST, "[]", 0, 0, NULL},
    {"sandbox.grants.env", AE_KEY_LIST, "[]", 0, 0, NULL},
    {"sandbox.share", AE_KEY_LIST, "[]", 0, 0, NULL},
    {"sandbox.pass_env", AE_KEY_LIST, "[]", 0, 0, NULL},
    {"sandbox.output_flood", AE_KEY_CHOICE, "stop", 0, 0, "stop drain"},
    {"sandbox.oci.runtime", AE_KEY_STR, "runc", 0, 0, NULL},
    {"sandbox.oci.root", AE_KEY_STR, "host", 0, 0, NULL},
    {"approval.rescan", AE_KEY_BOOL, "true", 0, 0, NULL},
    {"approval.expires", AE_KEY_INT, "86400", 1, 31536000, NULL},
    {"approval.policies", AE_KEY_LIST, "[]", 0, 0, NULL},
};

const size_t ae_keys_n = sizeof ae_keys / sizeof ae_keys[0];
