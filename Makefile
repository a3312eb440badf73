# nicetools: streaming filters for likelihood-based anomaly detection. `make help` lists the targets.
VERSION = 0.1.0

B       ?= build
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
CC      ?= cc
CFLAGS  ?= -O2 -g
INSTALL ?= install

WARNINGS = -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla \
           -Wformat=2 -Wundef
# -O3 for the loops over elements; no -march and no -ffast-math: the same bits everywhere.
OURS_CPPFLAGS = -D_POSIX_C_SOURCE=200809L -DNICETOOLS_VERSION='"$(VERSION)"' -Ilib -Icmd
OURS_CFLAGS   = -std=c11 -O3 -ffp-contract=off -pthread $(WARNINGS)
COMPILE       = $(CC) $(OURS_CPPFLAGS) $(OURS_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
LINK          = $(CC) -pthread $(CFLAGS) $(LDFLAGS) -o $@

# What each program needs beyond libc and libm.
LIBS_idx2raw    = -lz
LIBS_nicestat   = -lgmp
LIBS_unit_exact = -lgmp

PROGRAMS = $(filter-out cli,$(basename $(notdir $(wildcard cmd/*.c))))
UNITS    = $(basename $(notdir $(wildcard tests/unit_*.c)))
PAGES    = $(wildcard man/*.[1-8])
LIB_OBJS = $(patsubst lib/%.c,$(B)/lib/%.o,$(wildcard lib/*.c))

all: $(PROGRAMS:%=$(B)/bin/%)

$(B)/bin/%: $(B)/cmd/%.o $(B)/cmd/cli.o $(B)/libnice.a
	@mkdir -p $(@D)
	$(LINK) $^ $(LIBS_$*) -lm $(LDLIBS)

$(B)/tests/%: $(B)/tests/%.o $(B)/libnice.a
	$(LINK) $^ $(LIBS_$*) -lm $(LDLIBS)

$(B)/libnice.a: $(LIB_OBJS)
	rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(COMPILE)

# DATA=, MODEL= for the tests that want the real ones; they are skipped, aloud, without.
check: all $(UNITS:%=$(B)/tests/%)
	@B=$(B) VERSION=$(VERSION) CC="$(CC)" DATA=$(abspath $(DATA)) MODEL=$(abspath $(MODEL)) \
	    sh tests/run $(TESTS)

clean:
	rm -rf $(B)

-include $(wildcard $(B)/*/*.d)
.PHONY: all check clean
.DELETE_ON_ERROR:
.SECONDARY:
