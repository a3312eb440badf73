# nicetools: streaming filters for likelihood-based anomaly detection. `make help` lists the targets.
VERSION = 0.1.0

B       ?= build
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
CFLAGS  ?= -O2 -g
INSTALL ?= install

WARNINGS = -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla \
           -Wformat=2 -Wundef
# -O3 for the loops over elements, whose square roots need not set errno; no -march and no -ffast-math:
# a binary runs elsewhere, and NaN is NaN.
OURS_CPPFLAGS = -D_XOPEN_SOURCE=700 -DNICETOOLS_VERSION='"$(VERSION)"' -Ilib -Icmd
OURS_CFLAGS   = -std=c11 -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math -pthread $(WARNINGS)
COMPILE       = $(CC) $(OURS_CPPFLAGS) $(OURS_CFLAGS) $(HARDEN) $(CPPFLAGS) $(CFLAGS)
LINK          = $(CC) -pthread $(HARDEN_LINK) $(CFLAGS) $(LDFLAGS) -o $@

# Checks of the compiler's and the loader's, which a sanitizer or -O0 does without; and no name of the
# folder in a binary: two builds are the same.
FORTIFY      := $(shell echo '\#include <stdio.h>' | $(CC) -O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -E - \
                > /dev/null 2>&1 && echo 3 || echo 2)
HARDEN        = -fPIE -fstack-protector-strong -ffile-prefix-map=$(CURDIR)=. \
                $(if $(filter -O0 -fsanitize=%,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(FORTIFY))
HARDEN_LINK   = $(if $(filter Darwin,$(shell uname)),,-pie -Wl,-z,relro,-z,now)

# What each program and unit needs beyond libc and libm.
LIBS_idx2raw        = -lz
LIBS_niceflow       = -ldnnl -ljansson -lzip
LIBS_niceroc        = -lgmp
LIBS_nicetrain      = -ldnnl -ljansson -lzip
LIBS_nicestat       = -lgmp
LIBS_png2raw        = -lpng
LIBS_pt2nice        = -lzip -ljansson
LIBS_raw2idx        = -lz
LIBS_raw2png        = -lpng
LIBS_splits         = -lgmp
LIBS_unit_bound     = -ldnnl
LIBS_unit_exact     = -lgmp
LIBS_unit_flow      = -ldnnl
LIBS_unit_gradient  = -ldnnl
LIBS_unit_matmul    = -ldnnl
LIBS_unit_pipeline  = -ldnnl
LIBS_unit_tensors   = -ljansson
LIBS_fuzz_checkpoint  = -ldnnl -ljansson
LIBS_fuzz_gzip        = -lz
LIBS_fuzz_idx         = -lz
LIBS_fuzz_pickle      = -lzip -ljansson
LIBS_fuzz_png         = -lpng
LIBS_fuzz_safetensors = -lzip -ljansson
LIBS_fuzz_selection   = -lz
LIBS_fuzz_state       = -lgmp
LIBS_fuzz_zip         = -lzip -ljansson

SHARED_CMD = cli progress
PARTS_niceflow = flowjob
PROGRAMS = $(filter-out $(SHARED_CMD) $(PARTS_niceflow),$(basename $(notdir $(wildcard cmd/*.c))))
PRELOADS = $(basename $(notdir $(wildcard tests/preload_*.c)))
UNITS    = $(basename $(notdir $(wildcard tests/unit_*.c)))
FUZZERS  = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
PAGES    = $(wildcard man/*.[1-8])
HEADERS  = $(wildcard lib/*.h cmd/*.h tests/*.h tests/fuzz/*.h)
LIB_OBJS = $(patsubst lib/%.c,$(B)/lib/%.o,$(wildcard lib/*.c))
CMD_OBJS = $(SHARED_CMD:%=$(B)/cmd/%.o)

all: $(PROGRAMS:%=$(B)/bin/%) ## build the programs into $(B)/bin

$(B)/bin/niceflow: $(PARTS_niceflow:%=$(B)/cmd/%.o)
$(B)/bin/%: $(B)/cmd/%.o $(CMD_OBJS) $(B)/libnice.a
	@mkdir -p $(@D)
	$(LINK) $(filter %.o,$^) $(B)/libnice.a $(LIBS_$*) -lm $(LDLIBS)

# A fuzzer, driven by replay.c or libfuzzer.c. Before the next rule, which would fit, too.
FUZZ_DRIVER = replay
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/$(FUZZ_DRIVER).o $(B)/tests/fuzz/source.o $(B)/libnice.a
	$(LINK) $^ $(LIBS_$*) -lm $(LDLIBS)

$(B)/tests/%: $(B)/tests/%.o $(B)/libnice.a
	$(LINK) $^ $(LIBS_$*) -lm $(LDLIBS)

# Put before the C library by tests (LD_PRELOAD).
$(B)/tests/preload_%.so: tests/preload_%.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -fPIC -shared $(LDFLAGS) -o $@ $< -ldl

$(B)/libnice.a: $(LIB_OBJS)
	rm -f $@
	$(AR) rcs $@ $^

# `make deps all` installs first, with -j, too.
$(B)/%.o: %.c Makefile | $(filter deps,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

# Packages: to build, demonstrate and test; and what `make lint` wants.
APT_deps  = gcc libc6-dev make libdnnl-dev libpng-dev libzip-dev libjansson-dev zlib1g-dev libgmp-dev \
            bash bats python3 gnuplot-nox
APT_lint  = cppcheck shellcheck mandoc clang clang-tidy valgrind
DNF_deps  = gcc make onednn-devel libpng-devel libzip-devel jansson-devel zlib-devel gmp-devel bats \
            python3 gnuplot libasan libubsan
DNF_lint  = cppcheck ShellCheck mandoc clang clang-tools-extra valgrind
BREW_deps = onednn libpng libzip jansson zlib gmp bats-core python3 gnuplot
BREW_lint = cppcheck shellcheck mandoc

deps: ; @$(call install_packages,deps) ## install the packages that are missing (apt, dnf, brew)
deps-lint: ; @$(call install_packages,lint) ## the same for `make lint`

# $(1) is deps or lint. Says what it does; does nothing if nothing is missing.
install_packages = \
	if command -v apt-get > /dev/null; then \
		all="$(APT_$(1))"; install="apt-get install -y --no-install-recommends"; update="apt-get update"; \
		has() { dpkg-query -W -f '$${Status}' "$$1" 2> /dev/null | grep -q 'ok installed'; }; \
	elif command -v dnf > /dev/null; then \
		all="$(DNF_$(1))"; install="dnf install -y"; update=:; \
		has() { rpm -q --whatprovides "$$1" > /dev/null 2>&1; }; \
	elif command -v brew > /dev/null; then \
		all="$(BREW_$(1))"; install="brew install"; update=:; \
		has() { brew list --versions "$$1" > /dev/null 2>&1; }; \
	else \
		echo "no apt-get, dnf or brew here; please install what these Debian packages hold: $(APT_$(1))" >&2; exit 1; \
	fi; \
	missing=; for p in $$all; do has "$$p" || missing="$$missing $$p"; done; \
	[ -n "$$missing" ] || { echo "$(1): nothing is missing"; exit 0; }; \
	sudo=; case $$install in brew*) ;; *) [ "$$(id -u)" = 0 ] || sudo=sudo ;; esac; \
	if [ -n "$$sudo" ] && ! command -v sudo > /dev/null; then \
		echo "$(1): not root, and no sudo: as root, run: $$install$$missing" >&2; exit 1; \
	fi; \
	echo "$(1): installing$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$sudo $$update && $$sudo $$install $$missing

demo: all $(B)/examples/glyphs ## draw characters, train a flow on some, find the others
	@$(MAKE) --no-print-directory -f examples/demo.mk BIN=$(B)/bin GLYPHS=$(B)/examples/glyphs OUT=$(B)/demo

$(B)/examples/%: $(B)/examples/%.o $(B)/libnice.a
	$(LINK) $^ $(LIBS_$*) -lm $(LDLIBS)

mnist: all ## the published experiment: make mnist DATA=... MODEL=nice.pt [SEED=1] [K=3]
	@$(MAKE) --no-print-directory -f examples/mnist.mk BIN=$(B)/bin OUT=$(B)/mnist

fashion: all ## a case in which likelihoods fail: make fashion DATA=...; trains for minutes
	@$(MAKE) --no-print-directory -f examples/fashion.mk BIN=$(B)/bin OUT=$(B)/fashion

mnist-train: all $(B)/examples/splits ## a model of one's own: make mnist-train DATA=... [EPOCHS=1] [SETTINGS=...] [SPLITS=1000]
	@$(MAKE) --no-print-directory -f examples/mnist-train.mk BIN=$(B)/bin SPLIT=$(B)/examples/splits OUT=$(B)/mnist-train

# DATA=, MODEL= for the tests that want the real ones; they are skipped, aloud, without.
check: all fuzzers $(B)/examples/glyphs $(B)/examples/splits $(UNITS:%=$(B)/tests/%) $(PRELOADS:%=$(B)/tests/%.so) ## run the tests [TESTS="tests/idx2raw.bats ..."]
	@B=$(abspath $(B)) VERSION=$(VERSION) CC="$(CC)" DATA=$(abspath $(DATA)) MODEL=$(abspath $(MODEL)) \
	    sh tests/run $(TESTS)

# Tables of the machine's limits, ours and the peers' speed; tests/bench/run says with which variables.
bench: all $(B)/tests/bench/peak ## measure [DATA=... MODEL=... BENCH=... ORT=... BENCHES="stream ..."]
	@B=$(abspath $(B)) DATA=$(abspath $(DATA)) MODEL=$(abspath $(MODEL)) BENCH=$(abspath $(BENCH)) \
	    ORT=$(abspath $(ORT)) sh tests/bench/run $(BENCHES)
	@[ ! -s $(B)/bench/growth.tsv ] || ! command -v gnuplot > /dev/null || \
	    gnuplot -e "table='$(B)/bench/growth.tsv'; picture='$(B)/bench/growth.svg'" tests/bench/growth.gp

SANITIZE = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
check-asan: ## the same tests, built with the address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory B=$(B)/asan CFLAGS='$(SANITIZE)' check

check-ubsan: ## the undefined-behaviour sanitizer alone, with the tests that limit memory
	@$(MAKE) --no-print-directory B=$(B)/ubsan CFLAGS='-O1 -g -fsanitize=undefined -fno-sanitize-recover=all' check

# The threads are those of tests/standin_openmp.c.
TSAN = B=$(B)/tsan CFLAGS='-O1 -g -fsanitize=thread' LDLIBS=$(B)/tsan/tests/standin_openmp.o
check-tsan: ## races between threads: what uses lib/parallel, built with the thread sanitizer
	@$(MAKE) --no-print-directory $(TSAN) $(B)/tsan/tests/standin_openmp.o
	@$(MAKE) --no-print-directory $(TSAN) check TESTS="$(or $(TESTS),$(addprefix $(B)/tsan/tests/,unit_bound unit_flow \
	    unit_gradient unit_matmul unit_pipeline) tests/bound.bats tests/niceflow.bats)"
	@$(MAKE) --no-print-directory $(TSAN) $(B)/tsan/examples/glyphs
	@B=$(abspath $(B))/tsan bats -f 'rises|number of threads' tests/nicetrain.bats # all of it takes half an hour

# oneDNN's threads are one: memcheck would have to kill others in the end, which the sandbox forbids it. And
# what oneDNN keeps until then is no leak.
MEMCHECK      = valgrind -q --vgdb=no --leak-check=full --error-exitcode=99
MEMCHECK_LEAK = --show-leak-kinds=$(1) --errors-for-leak-kinds=$(1)
check-valgrind: all ## memcheck over good, cut and odd inputs of the programs
	@command -v valgrind > /dev/null || { echo "needs valgrind" >&2; exit 1; }
	@rm -rf $(B)/valgrind && mkdir -p $(B)/valgrind/bin
	@for p in $(PROGRAMS); do \
		case $$p in niceflow|nicetrain) leaks="$(call MEMCHECK_LEAK,definite)" ;; \
		*) leaks="$(call MEMCHECK_LEAK,all)" ;; esac; \
		printf '#!/bin/sh\nOMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive exec $(MEMCHECK) %s %s "$$@"\n' \
		    "$$leaks" "$(abspath $(B))/bin/$$p" > $(B)/valgrind/bin/$$p && chmod +x $(B)/valgrind/bin/$$p || exit 1; \
	done
	@B=$(abspath $(B)) sh -e tests/memcheck

fuzzers: $(FUZZERS:%=$(B)/tests/fuzz/fuzz_%)

# Wants clang with its runtime (Debian: libclang-rt-dev, Fedora: compiler-rt). What libFuzzer finds stays in
# $(B)/fuzz/found, the inputs that it grows in $(B)/fuzz/corpus.
FUZZ_CFLAGS = $(SANITIZE) -fsanitize=fuzzer-no-link
fuzz: all ## look for inputs that break the readers [FUZZ_SECONDS=60] [FUZZERS="idx png ..."]
	@$(MAKE) -s B=$(B)/fuzz CC=clang CFLAGS='$(FUZZ_CFLAGS)' LDFLAGS=-fsanitize=fuzzer FUZZ_DRIVER=libfuzzer fuzzers
	@B=$(abspath $(B)) FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/fuzz/run $(FUZZERS)

check-faults: check-faults-ready ## each system call and allocation of every program made to fail, in turn
	@B=$(abspath $(B)) python3 tests/faults.py
check-faults-ready: all $(B)/tests/preload_faults.so

check-kills: check-faults-ready ## training killed at random moments and at each system call, and resumed [KILLS=200]
	@B=$(abspath $(B)) python3 tests/kills.py $(or $(KILLS),200)

soak: all ## a long stream: counts exact, memory constant [SOAK_RECORDS=10000000]
	@B=$(abspath $(B)) python3 tests/soak.py $(B)/soak $(SOAK_RECORDS); status=$$?; \
	    ! command -v gnuplot > /dev/null || gnuplot -e "table='$(B)/soak/memory.tsv'; picture='$(B)/soak/memory.png'" tests/soak.gp; \
	    exit $$status

check-reproducible: ## two builds in two folders: the same bytes
	@rm -rf $(B)/twice && mkdir -p $(B)/twice
	@for d in one another/deeper; do mkdir -p $(B)/twice/$$d && cp -R Makefile lib cmd $(B)/twice/$$d && \
	    $(MAKE) -s -C $(B)/twice/$$d B=build all || exit 1; done
	@cd $(B)/twice && diff -r one/build/bin another/deeper/build/bin && echo "the same: $(words $(PROGRAMS)) programs"

lint: ## compilers, headers alone, cppcheck, clang-tidy, shellcheck, mandoc: all silent
	@$(MAKE) -s B=$(B)/lint-gcc CC=gcc CFLAGS='-O2 -Werror' all fuzzers
	@$(MAKE) -s B=$(B)/lint-clang CC=clang CFLAGS='-O2 -Werror' all fuzzers
	@for h in $(HEADERS); do echo "#include \"$$h\"" | $(COMPILE) -Werror -Wno-unused -I. -x c -fsyntax-only - || exit 1; done
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	    --suppress=missingIncludeSystem -Ilib -Icmd -DNICETOOLS_VERSION='""' lib cmd
	@echo 'clang-tidy lib/*.c cmd/*.c' # reasons for what it does not look at: .clang-tidy; behind another file it
	@# takes va_list for uninitialised: one file at a time
	@ls lib/*.c cmd/*.c | xargs -P "$$(getconf _NPROCESSORS_ONLN)" -n 1 sh -c 'clang-tidy --quiet "$$@" -- -std=c11 \
	    $(filter-out -DNICE%,$(OURS_CPPFLAGS)) -DNICETOOLS_VERSION=__FILE__ 2> $(B)/lint-clang/tidy.$$$$ || { cat $(B)/lint-clang/tidy.$$$$; exit 255; }' sh
	shellcheck -s sh tests/run tests/memcheck .ci/run tests/bench/run tests/fuzz/run
	shellcheck -s sh -e SC1091,SC2015,SC2154 tests/bench/common tests/bench/*.sh
	shellcheck -s bash -S warning -e SC2030,SC2031,SC2034,SC2154 tests/*.bash tests/*.bats
	@echo 'mandoc -T lint $(PAGES)' # references among pages that are not installed: tests/pages.bats
	@! mandoc -T lint $(PAGES) 2>&1 | grep -v -e 'referenced manual not found' -e 'outdated mandoc.db'

install: all ## install into $(DESTDIR)$(PREFIX), pages included
	$(INSTALL) -d $(DESTDIR)$(BINDIR)
	$(INSTALL) -m 755 $(PROGRAMS:%=$(B)/bin/%) $(DESTDIR)$(BINDIR)
	for p in $(PAGES); do d=$(DESTDIR)$(MANDIR)/man$${p##*.}; $(INSTALL) -d "$$d" && $(INSTALL) -m 644 $$p "$$d" || exit 1; done

uninstall: ## remove what install put there
	rm -f $(PROGRAMS:%=$(DESTDIR)$(BINDIR)/%)
	for p in $(PAGES); do rm -f $(DESTDIR)$(MANDIR)/man$${p##*.}/$${p##*/}; done

clean: ## remove $(B)
	rm -rf $(B)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 14

-include $(wildcard $(B)/*/*.d $(B)/tests/fuzz/*.d)
.PHONY: all bench deps deps-lint demo mnist mnist-train fashion check check-asan check-ubsan check-tsan check-valgrind check-faults check-faults-ready \
        check-kills check-reproducible fuzz fuzzers soak lint install uninstall clean help
.DELETE_ON_ERROR:
.SECONDARY:
