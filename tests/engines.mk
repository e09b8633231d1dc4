# make check-engines: the backends that need an engine, each really installed,
# started and used.
DEPS_ENGINES = docker.io containerd runc crun podman conmon runsc \
    docker-registry iptables openssl curl

check-engines:
	@$(MAKE) --no-print-directory deps-check
	@tests/lib/install-deps $(DEPS_ENGINES)
	@$(MAKE) --no-print-directory all WERROR=1
	@$(B)/bin/ae-runtime install
	@AE_TEST_JOBS=2 tests/lib/run-tests $(B) $(wildcard tests/engines/*.bats)

.PHONY: check-engines
