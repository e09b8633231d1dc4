# ae-init: static, no library but libc; it includes the frames, the request,
# and the broker with what that stands on.
INIT_SHARED = trust/request sandbox/broker_serve sandbox/broker_policy \
    sandbox/broker_dns sandbox/broker_bytes core/mem core/clock
INIT_OBJ += $(INIT_SHARED:%=$(B)/obj/sandbox/init/%.o)
INIT_CFLAGS = $(CFLAGS) -std=c11 -D_GNU_SOURCE $(WARN) -D_FORTIFY_SOURCE=3 \
    -fstack-protector-strong -fstack-clash-protection \
    $(if $(SANITIZE),-fsanitize=undefined \
    -fsanitize-undefined-trap-on-error) -ffunction-sections -fdata-sections -Ilib -I$(B)/gen

$(B)/obj/sandbox/init/%.o: lib/sandbox/init/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(INIT_CFLAGS) -MMD -MP -c -o $@ $<

$(INIT_SHARED:%=$(B)/obj/sandbox/init/%.o): $(B)/obj/sandbox/init/%.o: \
    lib/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(INIT_CFLAGS) -MMD -MP -c -o $@ $<

# The linker warns of getaddrinfo, which could load libraries: part.c sees to it
# that only the built-in ways are used.
$(B)/libexec/ae/ae-init: $(INIT_OBJ)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)said=$$($(CC) -static -s -Wl,--gc-sections \
	    -Wl,-z,relro,-z,now,-z,noexecstack -o $@ $(INIT_OBJ) 2>&1); \
	    status=$$?; echo "$$said" | grep -v -e getaddrinfo \
	    -e 'in function .resolve' -e 'linker garbage coll' -e '^$$' >&2; \
	    exit $$status

# The lists of system calls, compiled for the machine that it is built for.
$(B)/obj/sandbox/init/seccomp.o: $(B)/gen/sandbox/seccomp_x86_64.h \
    $(B)/gen/sandbox/seccomp_aarch64.h

$(B)/gen/sandbox/seccomp_%.h: lib/sandbox/seccomp.yaml $(B)/tool/seccomp
	@mkdir -p $(@D)
	$(Q)$(B)/tool/seccomp $< $* > $@

$(B)/tool/seccomp: lib/sandbox/init/compile/seccomp.c $(B)/libae.a
	@mkdir -p $(@D)
	$(call say,TOOL,$<)
	$(Q)$(CC) $(AE_CFLAGS) $(AE_LDFLAGS) -o $@ $< $(B)/libae.a -lyaml -lseccomp
