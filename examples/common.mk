# What the examples share. Each includes this file first. Results are files: they are written beside
# their place and renamed, so that a recipe that is killed leaves nothing that looks finished.

BIN  ?= build/bin
here := $(dir $(lastword $(MAKEFILE_LIST)))

SHELL       := bash
.SHELLFLAGS := -e -o pipefail -c
export PATH := $(abspath $(BIN)):$(PATH)

# A name as a prerequisite: make wants spaces in it escaped. OUT must be a name without spaces.
empty :=
name   = $(subst $(empty) ,\ ,$(1))

# What depends on the value of a variable depends on the file $(OUT)/set.VARIABLE, which holds it and
# changes only when it does.
$(OUT)/set.%: .force | $(OUT)
	@printf '%s\n' '$(subst ','\'',$($*))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$($*))' > $@

# $(gnuplot) draws a picture, PNG or SVG, to $@.part and renames it; without gnuplot it says so and goes on.
gnuplot = command -v gnuplot > /dev/null || { echo "gnuplot is missing: no $@" >&2; exit 0; }; \
          draw() { gnuplot "$$@" && mv $@.part $@; }; draw -e "out='$@.part'; terminal='$(patsubst .%,%,$(suffix $@))'"

define newline


endef

# $(html) makes $@ of the variable page, whose lines are those of report.sh.
html  = printf '%s\n' "$$page" | sh $(here)report.sh > $@.part && mv $@.part $@
BEGUN := $(or $(BEGUN),$(shell date +%s))
export BEGUN

# Pictures are drawn last, and never cost the verdict.
pictures = $(MAKE) --no-print-directory -f $(firstword $(MAKEFILE_LIST)) pictures || echo "some pictures were not drawn" >&2

# An input that is not there: $(call absent,VARIABLE).
absent = @echo "there is no $@: set $(1)=, as README.md says" >&2; exit 1

ifdef DATA
$(call name,$(DATA))/%: ; $(call absent,DATA)
endif

$(OUT):
	@mkdir -p $@

.force:
.PHONY: .force pictures report
.DELETE_ON_ERROR:
.SECONDARY:
