# The two commands:
#	make run	installs what is missing, builds, runs a module, shows rows
#	make check	the same, and all tests
# For everything else there is meson: meson setup build && ninja -C build
BUILD = build

all: packages
	tools/build $(BUILD)

packages:
	tools/packages

run: all
	tools/demo $(BUILD)

check:
	tools/packages test
	tools/check $(BUILD)

# Larger than a change needs: what both analyzers say, the branches that the
# tests take, and the same tests with larger numbers.
check-static: all
	tools/packages static
	tools/static $(BUILD)

# Three hours and more: all tests, the analyzers, each system call of each command
# failing and killed, hundreds of random commands and kills, each fuzz target
# with libFuzzer for half a minute, and ten for those that stand between the
# processes of a run.
check-long: check check-static
	tools/packages coverage
	meson test -C $(BUILD) --no-rebuild --verbose --setup long \
		warc host-bundles host-exports host-faults host-filters host-imports host-keyring \
		host-log host-model host-notify host-packages host-rows modules-odd
	tools/fuzz 30
	tools/fuzz 600 request search lookup ownaddr notice starter errand judge clean \
		exchange recall script permit word consent hosts permissions syntax \
		reach lint mask head link warc zip package cdxj tsp trace trace_message \
		resolve

# The jail elsewhere: on another architecture, in a machine that is made for it.
check-arch:
	tools/packages arch
	tests/arch/check.py $(BUILD)-arch aarch64 tables musl

# make run and make check in a root of Debian 13, as root.
check-debian13:
	tools/packages arch
	tests/arch/check.py $(BUILD)-arch debian13

coverage:
	tools/packages test coverage
	tools/coverage

bench: all
	bench/run $(BUILD)

# Names for an editor, with what is installed: ctags(1), else etags(1).
tags:
	@if command -v ctags >/dev/null; then \
		ctags $$(find src tests fuzz -name '*.[ch]'); \
	elif command -v etags >/dev/null; then \
		etags $$(find src tests fuzz -name '*.[ch]'); \
	else \
		echo "tags: neither ctags nor etags is installed" >&2; exit 1; \
	fi

install: all
	meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-coverage $(BUILD)-arch

.PHONY: all packages run check check-static check-long check-arch check-debian13 coverage \
	bench tags install clean
