# make bench: the figures of the design's budgets, each beside its peers.
# BENCH names the parts to measure, RUNS how often a short command is.
BENCH ?= filters local lint scan engines
DEPS_BENCH = bubblewrap firejail bandit shellcheck time

$(B)/test/bench-local: tests/bench/bench-local.c $(B)/libae.a $(B)/libts.a
	@mkdir -p $(@D)
	$(call say,BENCH,$<)
	$(Q)$(CC) $(AE_CFLAGS) $(AE_LDFLAGS) -o $@ $< $(UNIT_LIBS)

# The peers that npm has.
NPM_TESTS = $(B)/npm-tests/node_modules/.stamp
$(NPM_TESTS): tests/package.json tests/package-lock.json
	@mkdir -p $(B)/npm-tests
	cp $^ $(B)/npm-tests/
	cd $(B)/npm-tests && npm ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

bench:
	@$(MAKE) --no-print-directory deps-check
	@tests/lib/install-deps $(DEPS_BENCH) $(DEPS_ENGINES)
	@$(MAKE) --no-print-directory all $(B)/test/bench-local $(NPM_TESTS)
	@$(B)/bin/ae-runtime install
	@for part in $(BENCH:%=tests/bench/%); do \
	    PYTHONDONTWRITEBYTECODE=1 $$part $(B) $(RUNS) || exit 1; done

# make compare [DATA=PATH]: whether the examples, and the benign programs of
# labelled data, print inside what they print outside.  Needs root.
compare: all
	@$(B)/bin/ae-runtime install
	@PYTHONDONTWRITEBYTECODE=1 tests/bench/compare $(B) examples $(DATA)

.PHONY: bench compare
