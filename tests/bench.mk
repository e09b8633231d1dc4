# make bench: the figures of the design's budgets, beside the peers.
$(B)/test/bench-local: tests/bench/bench-local.c $(B)/libae.a $(B)/libts.a
	@mkdir -p $(@D)
	$(call say,BENCH,$<)
	$(Q)$(CC) $(AE_CFLAGS) $(AE_LDFLAGS) -o $@ $< $(UNIT_LIBS)

bench:
	@$(MAKE) --no-print-directory deps-check
	@tests/lib/install-deps $(DEPS_BENCH)
	@$(MAKE) --no-print-directory all $(B)/test/bench-local
	@$(B)/bin/ae-runtime install
	@tests/bench/bench $(B) $(RUNS)

.PHONY: bench
