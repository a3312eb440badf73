# nicetools: streaming filters for likelihood-based anomaly detection. GNU make; `make help` lists the
# targets. What is shell lives in .ci/ and tests/.
VERSION = 1.0.0

B       ?= build
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
MANDIR  ?= $(DATADIR)/man
ZSHDIR  ?= $(DATADIR)/zsh/site-functions
LIBEXECDIR ?= $(PREFIX)/libexec
INSTALL ?= install
CFLAGS  ?= -O3 -g

# No -march and no -ffast-math: a binary runs elsewhere, and NaN is NaN. Square roots need not set errno.
# No folder's name in a binary: two builds are the same. With the -O2 of distributions gcc 12 makes no vectors of
# loops unless it is told to.
WARNINGS      = -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wformat=2 -Wundef
OURS_CPPFLAGS = -D_XOPEN_SOURCE=700 -DNICETOOLS_VERSION='"$(VERSION)"' -Ilib -Icmd -I.
OURS_CFLAGS   = -std=c11 -ffp-contract=off -fno-math-errno -fno-trapping-math -ftree-vectorize -pthread $(WARNINGS)
FORTIFY      := $(shell echo | $(CC) -O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -include stdio.h -E - > /dev/null 2>&1 && echo 3 || echo 2)
HARDEN        = -fPIE -fstack-protector-strong '-ffile-prefix-map=$(CURDIR)=.' $(if \
    $(filter -O0 -fsanitize=%,$(CFLAGS))$(findstring _FORTIFY_SOURCE,$(CPPFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(FORTIFY))
COMPILE       = $(CC) $(OURS_CPPFLAGS) $(OURS_CFLAGS) $(HARDEN) $(CPPFLAGS) $(CFLAGS)
LINK          = $(CC) -pthread -fPIE -pie -Wl,-z,relro,-z,now,--as-needed $(CFLAGS) $(LDFLAGS) -o $@
LIBS          = -ldnnl -ljansson -lpng -lz -lgmp -lnettle -lm $(LDLIBS)

# A file of cmd/ is a program, shared by all, or a part of the program whose name it begins with.
SHARED   = cli startup option option_help option_value progress
SHARED_BY_SOME = lanes lanes_options notes
PROGRAMS = $(filter-out $(SHARED) $(SHARED_BY_SOME) $(if $(MPI),,nicetrain-mpi),$(foreach c,$(notdir $(wildcard cmd/*.c)),$(if $(findstring _,$(c)),,$(c:.c=))))
PAGES    = $(wildcard man/*.[1-8])
UNITS    = $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*.c))
FUZZ_BINS = $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))
INJECTED = $(patsubst %.c,$(B)/%.so,$(wildcard tests/inject/preload_*.c)) $(B)/tests/inject/isa
EXAMPLES = $(B)/examples/glyphs $(B)/examples/splits $(B)/examples/gradients
COMPLETIONS = $(foreach p,$(PROGRAMS),$(addprefix $(B)/completions/$p.,bash zsh fish))
LIBRARY  = $(B)/libnicetools.a

all: $(PROGRAMS:%=$(B)/bin/%) ## build the programs into $(B)/bin
	@test "$(words GNU make)" = 2 || { echo "GNU make is required (gmake)" >&2; exit 1; }

parts = $(patsubst %.c,$(B)/%.o,$(wildcard cmd/$(1).c cmd/$(1)_*.c) $($(1)_PARTS))
niceflow_PARTS = $(SHARED_BY_SOME:%=cmd/%.c)
nicevae_PARTS = $(niceflow_PARTS)
nicestat_PARTS = cmd/scored_by.c cmd/state_shards.c
niceroc_PARTS = cmd/state_shards.c
nicethresh_PARTS = cmd/scored_by.c cmd/state_shards.c
nicetrain-mpi_PARTS = $(wildcard cmd/nicetrain_*.c)

# make MPI=1 builds nicetrain-mpi by mpicc; MPI=openmpi, MPI=mpich by that one's, where there are several.
MPICC = mpicc$(if $(filter-out 1,$(MPI)),.$(MPI))
$(B)/cmd/nicetrain-mpi_link.o $(B)/bin/nicetrain-mpi $(B)/completions/nicetrain-mpi.rows: private override CC = $(MPICC)

.SECONDEXPANSION:
$(PROGRAMS:%=$(B)/bin/%): $(B)/bin/%: $$(call parts,$$*) $(SHARED:%=$(B)/cmd/%.o) $(LIBRARY)
	@mkdir -p $(@D)
	$(LINK) $^ $(LIBS)

# The programs again, with a --help that a script reads.
$(PROGRAMS:%=$(B)/completions/%.rows): $(B)/completions/%.rows: $$(call parts,$$*) $(patsubst %,$(B)/cmd/%.o,$(SHARED:option_help=option_completion)) $(LIBRARY)
	@mkdir -p $(@D)
	$(LINK) $^ $(LIBS)
	@mv $@ $@.tmp && $@.tmp --help > $@.part && rm $@.tmp && mv $@.part $@
$(COMPLETIONS): .packaging/completions $$(basename $$@).rows
	@sh $< $(patsubst .%,%,$(suffix $@)) $(basename $(@F)) $(basename $@).rows > $@.part && mv $@.part $@
completions: $(COMPLETIONS) ## those of bash, zsh and fish, into $(B)/completions

FUZZ_DRIVER = replay
$(FUZZ_BINS): $(B)/%: $(B)/%.o $(B)/tests/fuzz/$$(FUZZ_DRIVER).o $(B)/tests/fuzz/source.o $(LIBRARY)
	$(LINK) $^ $(LIBS)

$(UNITS) $(EXAMPLES) $(B)/tests/inject/isa $(B)/tests/bench/peak $(B)/tests/bench/layers: $(B)/%: $(B)/%.o $$($$(@F)_PARTS) $(LIBRARY)
	$(LINK) $^ $(LIBS)
linear_PARTS = $(B)/tests/oracle/linear_ref.o
nice_PARTS = $(linear_PARTS)
pixel_bound_PARTS = $(linear_PARTS)
attribution_PARTS = $(linear_PARTS)

# Put before the C library by tests (LD_PRELOAD).
$(B)/%.so: %.c Makefile | $(filter deps,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	$(COMPILE) -fPIC -shared $(LDFLAGS) -o $@ $< -ldl

$(LIBRARY): $(patsubst %.c,$(B)/%.o,$(wildcard lib/*/*.c))
	rm -f $@
	$(AR) rcs $@ $^

# A sanitizer looks at each access to memory. Below -O3 the sums of the kernels lie there, and not in registers.
$(B)/lib/linear/tile.o: private override CFLAGS += $(KERNEL_CFLAGS)

# `make deps all` installs first, with -j, too.
$(B)/%.o: %.c Makefile | $(filter deps,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

deps:      ; @sh .ci/deps build ## install the packages that are missing (apt, dnf)
deps-lint: | $(filter deps,$(MAKECMDGOALS)) ; @sh .ci/deps lint ## the same for `make lint`
deps-cluster: | $(filter deps deps-lint,$(MAKECMDGOALS)) ; @sh .ci/deps cluster ## the same for nicetrain-mpi, and for tests that are skipped without MPI, sshd, Slurm

example = @$(MAKE) --no-print-directory -f examples/$@.mk BIN=$(B)/bin OUT="$(or $(OUT),$(B)/$@)"
demo: all $(B)/examples/glyphs ; $(example) GLYPHS=$(B)/examples/glyphs ## draw characters, train a flow on some, find the others
mnist: all       ; $(example) ## the published experiment: make mnist DATA=... MODEL=nice.pt [SEED=1] [K=3]
fashion: all     ; $(example) ## where likelihoods fail, and what mends it: make fashion DATA=... [NORMAL=mnist]; trains for minutes
vae: all $(B)/examples/splits ; $(example) SPLIT=$(B)/examples/splits ## a flow and a VAE side by side: make vae DATA=... [K=16]; trains for a quarter of an hour
vae-gradients: all $(EXAMPLES) ; $(example) GRADIENTS=$(B)/examples/gradients ## compare the estimators of a VAE's gradient
tables: all      ; $(example) ## AUROC on tables of your own, labelled: make tables TABLES=...
mnist-train: all $(B)/examples/splits ; $(example) SPLIT=$(B)/examples/splits ## train a model: make mnist-train DATA=... [FAST=1] [VIEWS=5] [MODELS=2] [EPOCHS=1] [SETTINGS=...] [SPLITS=1000]

# What tests see. Names of folders may be relative, and may have spaces.
absolute = $(if $(1),$(if $(filter /%,$(firstword $(1))),,$(CURDIR)/)$(1))
ENV = B="$(call absolute,$(B))" VERSION=$(VERSION) CC="$(CC)" DATA="$(call absolute,$(DATA))" MODEL="$(call absolute,$(MODEL))"

check: all $(UNITS) $(FUZZ_BINS) $(INJECTED) $(EXAMPLES) $(COMPLETIONS) ## run the tests [TESTS="tests/cli/idx2raw.bats ..."] [DATA=... MODEL=...]
	@$(ENV) sh tests/run $(TESTS)

again    = @$(MAKE) --no-print-directory B=$(B)/$(subst check-,,$@)
SANITIZE = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
check-asan:  ; $(again) CFLAGS='$(SANITIZE)' KERNEL_CFLAGS=-O3 LDFLAGS=-static-libubsan check ## the same tests under the address and undefined-behaviour sanitizers
check-ubsan: ; $(again) CFLAGS='-O1 -g -fsanitize=undefined -fno-sanitize-recover=all' check ## the latter alone, with the tests that limit memory
check-tsan:  ; $(again) CFLAGS='-O1 -g -fsanitize=thread' check TESTS="$(or $(TESTS),threads)" ## races between threads: tests that use some
check-valgrind: all       ; @$(ENV) sh tests/inject/memcheck ## memcheck over good, cut and odd inputs of the programs
check-faults: all $(INJECTED) ; @$(ENV) python3 tests/inject/faults.py ## each system call and allocation of every program made to fail
check-kills: all $(INJECTED)  ; @$(ENV) python3 tests/inject/kills.py $(or $(KILLS),200) ## training killed at many moments, and resumed [KILLS=200]
check-reproducible: ; @$(ENV) sh tests/inject/reproducible ## two builds in two folders: the same bytes
soak: all        ; @$(ENV) sh tests/inject/soak $(SOAK_RECORDS) ## a long stream: counts exact, memory constant [SOAK_RECORDS=10000000]
fuzzers: $(FUZZ_BINS)
fuzz: all ## look for inputs that break the readers [FUZZ_SECONDS=60] [FUZZERS="idx png ..."]; needs clang and its runtime
	@$(MAKE) -s B=$(B)/fuzz CC=clang CFLAGS='$(SANITIZE) -fsanitize=fuzzer-no-link' LDFLAGS=-fsanitize=fuzzer FUZZ_DRIVER=libfuzzer fuzzers
	@$(ENV) FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/fuzz/run $(FUZZERS)
bench: all $(B)/tests/bench/peak $(B)/tests/bench/layers ## measure [DATA=... MODEL=... BENCH=... ORT=... BENCHES="stream ..."]
	@$(ENV) BENCH="$(call absolute,$(BENCH))" ORT="$(call absolute,$(ORT))" sh tests/bench/run $(BENCHES)
lint: ; @$(ENV) COMPILE_FLAGS="-std=c11 -D_XOPEN_SOURCE=700 -Ilib -Icmd -I. $(WARNINGS)" sh .ci/lint ## compilers, layers, formatting, analysers, pages: all silent

DIRS = B=$(B) PROGRAMS="$(PROGRAMS)" DESTDIR="$(DESTDIR)" BINDIR="$(BINDIR)" MANDIR="$(MANDIR)" DATADIR="$(DATADIR)" ZSHDIR="$(ZSHDIR)" LIBEXECDIR="$(LIBEXECDIR)" INSTALL="$(INSTALL)"
install: all completions $(EXAMPLES) ; @$(DIRS) sh .packaging/install put ## install programs, pages, completions, examples into $(DESTDIR)$(PREFIX)
uninstall: MPI = 1
uninstall: ; @$(DIRS) sh .packaging/install remove ## remove what install put there, with MPI=1 or without
dist: ; @mkdir -p $(B) && sh .packaging/dist $(VERSION) $(B)/nicetools-$(VERSION).tar.gz ## a tarball of the last commit
deb: dist ; @sh .packaging/deb $(VERSION) $(B)/nicetools-$(VERSION).tar.gz ## Debian packages, in $(B); needs debhelper
html: ; @sh .packaging/html $(B)/html ## the manual as HTML; needs mandoc

clean: ; rm -rf $(B) ## remove $(B)
help:  ; @sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 20 ## this list

-include $(wildcard $(B)/*/*.d $(B)/*/*/*.d $(B)/tests/oracle/*.d)
.PHONY: all completions dist deb html deps deps-lint deps-cluster demo mnist mnist-train fashion tables vae vae-gradients check check-asan check-ubsan check-tsan check-valgrind check-faults \
        check-kills check-reproducible soak fuzzers fuzz bench lint install uninstall clean help
.DELETE_ON_ERROR:
.SECONDARY:
