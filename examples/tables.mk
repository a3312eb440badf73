# Detectors are compared on tables; these are ours on any that you have. `make tables TABLES=...` runs
# it on a folder of CSV files with a header whose last column, label, is 0 for normal rows and 1 for
# anomalous ones. For each table and seed a random half of the normal rows trains a flow; the other
# rows are scored, and niceroc says how well likelihoods tell normal from anomalous. Prints a line for
# each table, the mean over the seeds, and the mean over the tables. What was seen: tables.txt. Where
# there is scikit-learn for PYTHON, its detectors judge the same rows: tables_peers.py.

TABLES   ?= tables
OUT      ?= build/tables
SEEDS    ?= 0 1 2 3 4
SETTINGS ?=
PYTHON   ?= /usr/bin/python3

report:
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

names := $(patsubst %.csv,%,$(notdir $(wildcard $(TABLES)/*.csv)))
runs  := $(foreach name,$(names),$(addprefix $(OUT)/$(name)-,$(SEEDS)))

report: $(OUT)/report.tsv $(OUT)/report.html peers
	@cat $(OUT)/report.tsv
	@! [ -e $(OUT)/peers.tsv ] || { echo; cat $(OUT)/peers.tsv; }
	@echo "as a page: $(OUT)/report.html"

$(OUT)/report.tsv: $(addsuffix .auroc,$(runs))
	@[ -n "$(names)" ] || { echo 'no tables: make tables TABLES=folder-of-csv-files' >&2; exit 1; }
	awk 'BEGIN { OFS = "\t"; print "table", "seeds", "auroc" } \
	    { sum[$$1] += $$2; n[$$1]++; if (n[$$1] == 1) order[++tables] = $$1 } \
	    END { for (i = 1; i <= tables; i++) { t = order[i]; print t, n[t], sprintf("%.4f", sum[t] / n[t]); all += sum[t] / n[t] } \
	          print "mean", "", sprintf("%.4f", all / tables) }' $(addsuffix .auroc,$(runs)) > $@.part
	mv $@.part $@

# Rows in random order, by a generator of Park and Miller: the first half of the normal ones trains.
# $* is NAME-SEED. The header stays in each part.
table = $(TABLES)/$(patsubst %-$(lastword $(subst -, ,$*)),%,$*).csv
seed  = $(lastword $(subst -, ,$*))
$(OUT)/%.train.csv: $(OUT)/set.TABLES
	awk -F, -v seed=$(seed) 'NR == 1 { x = seed * 7919 + 12345; for (i = 0; i < 20; i++) x = x * 16807 % 2147483647; next } \
	    { x = x * 16807 % 2147483647; print x "," $$0 }' "$(table)" | sort -t, -k1,1n > $@.rows
	for part in train normal anomalous; do head -n 1 "$(table)" > $(OUT)/$*.$$part.part; done
	awk -v out=$(OUT)/$*. -F, 'NR == FNR { normal += $$NF == 0; next } \
	    { sub(/^[0-9]*,/, ""); print >> (out ($$NF == 1 ? "anomalous" : ++i <= int(normal / 2) ? "train" : "normal") ".part") }' $@.rows $@.rows
	rm $@.rows
	for part in normal anomalous train; do mv $(OUT)/$*.$$part.part $(OUT)/$*.$$part.csv; done

$(OUT)/%.model: $(OUT)/%.train.csv $(OUT)/set.SETTINGS
	csv2raw -w $(OUT)/$*.schema -x label $< | \
	    nicetrain -q --schema $(OUT)/$*.schema -S $(seed) $(SETTINGS) -o $@

score = csv2raw -m $(OUT)/$*.model $(OUT)/$*.$(1).csv | niceflow -m $(OUT)/$*.model > $(OUT)/$*.$(1).ll
$(OUT)/%.auroc: $(OUT)/%.model
	$(call score,normal)
	$(call score,anomalous)
	niceroc $(OUT)/$*.normal.ll $(OUT)/$*.anomalous.ll | \
	    awk -v t=$(patsubst %-$(seed),%,$*) '$$1 == "auroc" { print t "\t" $$2 }' > $@.part
	mv $@.part $@

# Not a part of the verdict: without scikit-learn there is a line that says so.
peers: $(OUT)/report.tsv
	@if $(PYTHON) -c 'import sklearn' 2> /dev/null; then $(MAKE) -s -f $(firstword $(MAKEFILE_LIST)) $(OUT)/peers.tsv; \
	    else echo "peers skipped: $(PYTHON) has no sklearn (Debian: python3-sklearn)" >&2; fi
.PHONY: peers

$(OUT)/peers.tsv: $(addsuffix .train.csv,$(runs)) $(here)tables_peers.py
	$(PYTHON) $(here)tables_peers.py $(OUT) $(notdir $(runs)) > $@.part
	mv $@.part $@

define page
title	Anomalies in tables
text	For each table and seed, a random half of the normal rows trained a flow. The other rows were scored. The area under the ROC curve (AUROC) says how often an anomalous row is less likely than a normal one: 0.5 is chance, 1 is perfect.
table	$(OUT)/report.tsv
head	The pipes
pipe	csv2raw -w table.schema -x label train.csv | nicetrain --schema table.schema $(SETTINGS) -o table.model
pipe	csv2raw -m table.model normal.csv | niceflow -m table.model > normal.ll
pipe	csv2raw -m table.model anomalous.csv | niceflow -m table.model > anomalous.ll
pipe	niceroc normal.ll anomalous.ll
head	How it was made
$(subst $(newline) ,$(newline),$(foreach name,$(names),digest	$(TABLES)/$(name).csv	$(name)$(newline)))taken	$(BEGUN)
endef
export page

$(OUT)/report.html: $(OUT)/report.tsv
	@$(html)
