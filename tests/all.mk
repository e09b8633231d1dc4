# make check-all: everything that there is, an hour and more: check and the
# engines, then what is too long or too heavy for each change.  ALL names the
# parts, FUZZ_SECONDS how long each fuzz target runs.
ALL ?= check check-engines check-vm check-asan check-kills fuzz

check-all: export AE_KILLS ?= 100
check-all:
	@for part in $(ALL); do \
	    echo "== $$part"; $(MAKE) --no-print-directory $$part || exit 1; done

# make check-vm: the local sandbox under other kernels than this machine's, with
# cgroup v2 alone: that of each Debian release in VM_SUITES.  "not run" is
# printed where there is no kvm or we are not root.
VM_SUITES ?= bookworm trixie
VM_SECONDS ?= 3600
DEPS_VM = qemu-system-x86 debootstrap busybox-static cpio kmod e2fsprogs xz-utils

check-vm:
	@if [ ! -w /dev/kvm ]; then echo "check-vm: not run: no /dev/kvm"; \
	elif [ "$$(id -u)" -ne 0 ]; then echo "check-vm: not run: not root"; \
	else \
	    $(MAKE) --no-print-directory deps-check && \
	    tests/lib/install-deps $(DEPS_VM) && \
	    $(MAKE) --no-print-directory all unit $(B)/test/bench-local && \
	    $(B)/bin/ae-runtime install && \
	    VM_SECONDS=$(VM_SECONDS) tests/vm/run-vm $(B) $(VM_SUITES); \
	fi

# make check-kills: what a run leaves when ae-run is killed, many times.
KILLS ?= 500

check-kills: all
	@AE_TEST_KILLS=$(KILLS) tests/lib/run-tests $(B) \
	    tests/sandbox/kill.bats

.PHONY: check-all check-kills check-vm
