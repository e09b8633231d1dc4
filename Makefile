# ae: make help says what there is.
#
# Nothing is built in the source tree: everything lies below $(B), in the same
# layout as below PREFIX, so that a command finds its data in one way:
#   bin/ commands   libexec/ae/ helpers   share/ae/ data   etc/ae/ configuration

VERSION = 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
B ?= build
CC ?= cc
CFLAGS ?= -O2 -g
WERROR ?=
SANITIZE ?=

MAKEFLAGS += --no-builtin-rules
# make V=1 prints the commands.
Q = $(if $(V),,@)
say = $(if $(V),,@printf '%-8s %s\n' $(1) $(2))
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# Flags: the warnings of STYLE; hardening after the OpenSSF compiler options
# hardening guide.  A sanitizer takes the place of fortification.
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
    -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual \
    -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wimplicit-fallthrough \
    $(if $(WERROR),-Werror)
HARDEN = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
    -fno-omit-frame-pointer,-D_FORTIFY_SOURCE=3 -fstack-protector-strong \
    -fstack-clash-protection)
AE_CFLAGS = $(CFLAGS) -std=c11 -D_GNU_SOURCE -DAE_VERSION='"$(VERSION)"' \
    $(WARN) $(HARDEN) -fPIE -Ilib -I$(B)/gen
AE_LDFLAGS = $(LDFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -pie \
    -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed

# Everything that a rule below needs is there when this has run.
GRAMMARS = python javascript bash
NPM = $(B)/npm/node_modules
TS = $(NPM)/tree-sitter/vendor/tree-sitter/lib

LIB_SRC := $(sort $(filter-out lib/sandbox/init/%,\
    $(wildcard lib/*/*.c lib/*/*/*.c)))
INIT_SRC := $(sort $(wildcard lib/sandbox/init/*.c))
CMD_C := $(sort $(patsubst cmd/%.c,%,$(wildcard cmd/*.c)))
CMD_SH := $(sort $(patsubst cmd/%.sh,%,$(wildcard cmd/*.sh)))
# Data: installed as files, below share/ae without the "lib/".
DATA := $(sort $(wildcard lib/lang/*/*.yaml lib/gen/provider/*.yaml \
    lib/gen/*.txt lib/report/*.jq lib/scan/*.yaml lib/lint/*.yaml \
    lib/lint/*.py lib/lint/*.js))

LIB_OBJ = $(LIB_SRC:lib/%.c=$(B)/obj/%.o)
INIT_OBJ = $(INIT_SRC:lib/%.c=$(B)/obj/%.o)
BINS = $(CMD_C:%=$(B)/bin/%) $(CMD_SH:%=$(B)/bin/%)
SHARE = $(DATA:lib/%=$(B)/share/ae/%) $(B)/etc/ae/config.yaml
SYMBOLS = $(GRAMMARS:%=$(B)/gen/lang/%_symbols.h)
INIT_BIN = $(if $(INIT_SRC),$(B)/libexec/ae/ae-init)

all: $(B)/libae.a $(BINS) $(SHARE) $(INIT_BIN)

# ---- what each command links: only what it needs ------------------------
LIBS_TS = $(B)/libts.a
LIBS_COMMON = -ljq -lyaml -lsodium -lm
LIBS_ae-gen = -lcurl -lpcre2-8 $(LIBS_COMMON)
LIBS_ae-lint = $(LIBS_TS) -lpcre2-8 $(LIBS_COMMON)
LIBS_ae-scan = $(LIBS_TS) -lpcre2-8 -lz $(LIBS_COMMON)
LIBS_ae-approve = $(LIBS_TS) $(LIBS_COMMON)
# libcurl is loaded where an engine is spoken to: see engine_curl.h.
LIBS_ae-run = $(LIBS_COMMON)

$(CMD_C:%=$(B)/bin/%): $(B)/bin/%: $(B)/obj/cmd/%.o $(B)/libae.a $(B)/libts.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(AE_CFLAGS) $(AE_LDFLAGS) -o $@ $< $(B)/libae.a \
	    $(or $(LIBS_$*),$(LIBS_COMMON))

$(CMD_SH:%=$(B)/bin/%): $(B)/bin/%: cmd/%.sh
	@mkdir -p $(@D)
	$(Q)install -m 755 $< $@

$(B)/libae.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_OBJ)

$(B)/obj/%.o: lib/%.c | $(SYMBOLS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(AE_CFLAGS) $(INCLUDE_$*) -MMD -MP -c -o $@ $<

$(B)/obj/cmd/%.o: cmd/%.c | $(SYMBOLS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(AE_CFLAGS) -MMD -MP -c -o $@ $<

INCLUDE_lang/tree = -isystem $(TS)/include
INCLUDE_lang/query = -isystem $(TS)/include

$(B)/share/ae/%: lib/%
	@mkdir -p $(@D)
	$(Q)install -m 644 $< $@

$(B)/etc/ae/config.yaml: config.yaml
	@mkdir -p $(@D)
	$(Q)install -m 644 $< $@

# ---- grammars ------------------------------------------------------------
$(NPM)/.stamp: lib/lang/package.json lib/lang/package-lock.json
	@mkdir -p $(B)/npm
	cp lib/lang/package.json lib/lang/package-lock.json $(B)/npm/
	cd $(B)/npm && npm ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

TS_OBJ = $(B)/obj/ts/runtime.o $(foreach g,$(GRAMMARS),\
    $(B)/obj/ts/$(g)-parser.o $(B)/obj/ts/$(g)-scanner.o)
TS_CFLAGS = $(CFLAGS) $(HARDEN) -std=c11 -D_GNU_SOURCE -fPIE -w

$(B)/libts.a: $(TS_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(TS_OBJ)

$(B)/obj/ts/runtime.o: $(NPM)/.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(TS_CFLAGS) -I$(TS)/include -I$(TS)/src -c -o $@ $(TS)/src/lib.c

$(B)/obj/ts/%-parser.o: $(NPM)/.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(TS_CFLAGS) -I$(NPM)/tree-sitter-$*/src -c -o $@ \
	    $(NPM)/tree-sitter-$*/src/parser.c

$(B)/obj/ts/%-scanner.o: $(NPM)/.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(TS_CFLAGS) -I$(NPM)/tree-sitter-$*/src -c -o $@ \
	    $(NPM)/tree-sitter-$*/src/scanner.c

PREFIX_python = PY
PREFIX_javascript = JS
PREFIX_bash = SH

# The grammar's own enumerations, with the language's prefix.
$(SYMBOLS): $(B)/gen/lang/%_symbols.h: $(NPM)/.stamp
	@mkdir -p $(@D)
	$(Q){ echo '/* Made by make from the grammar; see lib/lang/tree.h. */'; \
	  echo '#ifndef AE_LANG_$(PREFIX_$*)_SYMBOLS_H'; \
	  echo '#define AE_LANG_$(PREFIX_$*)_SYMBOLS_H'; \
	  sed -n -e '/^enum ts_symbol_identifiers {/,/^};/p' \
	    -e '/^enum ts_field_identifiers {/,/^};/p' \
	    $(NPM)/tree-sitter-$*/src/parser.c | \
	  sed -e 's/^  /\t$(PREFIX_$*)_/' \
	    -e 's/^enum ts_/enum $(PREFIX_$*)_/'; \
	  echo '#endif'; } > $@

# ---- the supervisor: static, no library but libc -------------------------
-include $(wildcard lib/sandbox/*.mk)

# ---- what is installed from elsewhere --------------------------------------
# Debian's names.  npm is taken as it is where there is one.
DEPS_BUILD = gcc libc6-dev make pkg-config libjq-dev libyaml-dev \
    libpcre2-dev libcurl4-openssl-dev libsodium-dev libseccomp-dev \
    zlib1g-dev $(if $(shell command -v npm),,npm)
DEPS_RUN = jq apt xz-utils debian-archive-keyring
DEPS_TEST = time bats bats-support bats-assert python3 python3-jsonschema \
    python3-yaml mandoc shellcheck expect util-linux bsdextrautils iproute2 procps \
    curl
DEPS_LINT = clang clang-format clang-tidy cppcheck libclang-rt-14-dev

deps:
	@tests/lib/install-deps $(DEPS_BUILD) $(DEPS_RUN)
deps-check: deps
	@tests/lib/install-deps $(DEPS_TEST)
deps-lint: deps
	@tests/lib/install-deps $(DEPS_LINT) $(DEPS_TEST)

# ---- for people ----------------------------------------------------------
help:
	@sed -n 's/^#: //p' Makefile

#: make                build everything below build/ (make deps first)
#: make deps           install what the build and the demo need
#: make demo           set up, build, run the examples in the sandbox
#: make check          set up, build, run all fast tests
#: make check-engines  the tests of Docker, Podman, runc, crun and gVisor
#: make check-asan     make check under ASan and UBSan
#: make check-vm       the local sandbox under other kernels, with cgroup v2
#: make check-all      all of these and the fuzzers: an hour and more
#: make bench          speed and memory beside the peers
#: make compare        what benign programs print inside and outside, DATA=PATH
#: make fuzz           each fuzz target for FUZZ_SECONDS
#: make lint           static checks of code, manuals and shell
#: make format         clang-format over all C
#: make install        to DESTDIR/PREFIX; make clean removes build/

demo:
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory all
	@$(B)/bin/ae-runtime install
	@examples/demo $(B)/bin

# One program for each tests/unit/test-*.c.
UNIT = $(sort $(patsubst tests/unit/%.c,$(B)/test/%,\
    $(wildcard tests/unit/test-*.c)))
UNIT_LIBS = $(B)/libae.a $(B)/libts.a -lcurl -lpcre2-8 -lz $(LIBS_COMMON)

$(UNIT): $(B)/test/%: tests/unit/%.c $(B)/libae.a $(B)/libts.a
	@mkdir -p $(@D)
	$(call say,UNIT,$<)
	$(Q)$(CC) $(AE_CFLAGS) $(AE_LDFLAGS) -Itests/unit -MMD -MP -o $@ $< \
	    $(UNIT_LIBS)

unit: $(UNIT)

check:
	@$(MAKE) --no-print-directory deps-check
	@$(MAKE) --no-print-directory all unit WERROR=1
	@$(B)/bin/ae-runtime install
	@tests/lib/run-tests $(B) $(TESTS)

check-asan:
	@$(MAKE) --no-print-directory deps-lint
	@$(MAKE) --no-print-directory check B=$(B)-asan \
	    SANITIZE=address,undefined CFLAGS="-O1 -g"

FUZZ = $(sort $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz-*.c)))
FUZZ_SECONDS ?= 60

fuzz:
	@$(MAKE) --no-print-directory deps-lint
	@$(MAKE) --no-print-directory fuzz-build B=$(B)-fuzz CC=clang \
	    SANITIZE=address,undefined,fuzzer-no-link CFLAGS="-O1 -g"
	@tests/lib/run-fuzz $(B)-fuzz $(FUZZ_SECONDS) $(FUZZ)

fuzz-build: all $(FUZZ:%=$(B)/fuzz/%)

$(FUZZ:%=$(B)/fuzz/%): $(B)/fuzz/%: tests/fuzz/%.c $(B)/libae.a $(B)/libts.a
	@mkdir -p $(@D)
	$(call say,FUZZ,$<)
	$(Q)$(CC) $(AE_CFLAGS) -fsanitize=fuzzer $(AE_LDFLAGS) -MMD -MP -o $@ \
	    $< $(UNIT_LIBS)

# What cppcheck 2.10 cannot see: release by scope (the cleanup attribute),
# memory that another function fills, compound literals and compile-time paths.
CPPCHECK_BLIND = ctuuninitvar uninitvar legacyUninitvar resourceLeak \
    internalAstError preprocessorErrorDirective memleakOnRealloc \
    returnDanglingLifetime funcArgOrderDifferent

lint:
	@$(MAKE) --no-print-directory deps-lint
	@$(MAKE) --no-print-directory all
	cppcheck --quiet --std=c11 --language=c --error-exitcode=1 \
	    --enable=warning,portability $(CPPCHECK_BLIND:%=--suppress=%) \
	    -D_GNU_SOURCE -Ilib -I$(B)/gen cmd lib
	mandoc -Tlint -Wwarning man/*.[1-8]
	shellcheck $$(git ls-files cmd/*.sh examples tests/lib .ci | \
	    xargs grep -lE '^#!.*(ba)?sh')

-include $(wildcard tests/*.mk)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/ae \
	    $(DESTDIR)$(SYSCONFDIR)/ae
	install -m 755 $(BINS) $(DESTDIR)$(PREFIX)/bin
	$(if $(INIT_BIN),install -m 755 $(INIT_BIN) $(DESTDIR)$(PREFIX)/libexec/ae)
	for f in $(DATA:lib/%=%); do \
	    install -D -m 644 lib/$$f $(DESTDIR)$(PREFIX)/share/ae/$$f; done
	test -e $(DESTDIR)$(SYSCONFDIR)/ae/config.yaml || \
	    install -m 644 config.yaml $(DESTDIR)$(SYSCONFDIR)/ae/config.yaml
	for f in man/*.[1-8]; do \
	    install -D -m 644 $$f \
	    $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}; done

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf $(B) $(B)-asan $(B)-fuzz

-include $(LIB_OBJ:.o=.d) $(INIT_OBJ:.o=.d) $(CMD_C:%=$(B)/obj/cmd/%.d) \
    $(UNIT:=.d)

.PHONY: all deps deps-check deps-lint help demo unit check check-asan fuzz \
    fuzz-build lint install format clean
