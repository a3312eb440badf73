# The published experiment: digits are normal, kana are anomalies. Copy this file and change the
# names for an experiment of your own. It is nothing but pipes; every result is a file, so that
# changing K or SEED does again what depends on it, and nothing else.
#
#     make -f examples/mnist.mk DATA=... MODEL=nice.pt

DATA  ?= data
MODEL ?= nice.pt
SEED  ?= 1
K     ?= 3
# What else may set the threshold (nicestat --method).
METHODS ?= sigma:3 quantile:0.01 mad:3 conformal:0.01 pot:0.01 pot:0.001
BIN   ?= build/bin
OUT   ?= build/mnist

SHELL       := bash
.SHELLFLAGS := -e -o pipefail -c
export PATH := $(abspath $(BIN)):$(PATH)

digits = $(DATA)/mnist/t10k-images-idx3-ubyte.gz
kana   = $(DATA)/kmnist/t10k-images-idx3-ubyte.gz

# Half of the digits, at random, calibrate; the other half is tested.
valid = idx2raw -n 5000 -S $(SEED) $(digits)
test  = idx2raw -n 5000 -S $(SEED) -v $(digits)
anom  = idx2raw $(kana)

report: $(OUT)/calibration $(OUT)/test.ll $(OUT)/kana.ll $(OUT)/flagged.png $(OUT)/missed.png $(OUT)/roc.png \
        $(OUT)/methods.tsv
	@nicethresh -c $(OUT)/calibration -x normal $(OUT)/test.ll
	@nicethresh -c $(OUT)/calibration -x anomalous $(OUT)/kana.ll
	@echo "flagged digits: $(OUT)/flagged.png, missed kana: $(OUT)/missed.png"
	@echo "histograms and ROC curve: $(OUT)/roc.png"
	@echo "thresholds by other methods: $(OUT)/methods.tsv"
	@cat $(OUT)/methods.tsv

$(OUT)/valid.ll: $(OUT)/split $(MODEL)
	$(valid) | niceflow -m $(MODEL) > $@

$(OUT)/test.ll: $(OUT)/split $(MODEL)
	$(test) | niceflow -m $(MODEL) > $@

$(OUT)/kana.ll: $(kana) $(MODEL)
	@mkdir -p $(OUT)
	$(anom) | niceflow -m $(MODEL) > $@

$(OUT)/calibration: $(OUT)/valid.ll $(OUT)/k
	nicestat -k $(K) $< > $@

# The records that were judged wrongly, as pictures.
$(OUT)/flagged.png: $(OUT)/test.ll $(OUT)/calibration
	nicethresh -c $(OUT)/calibration -x normal -i $< > $(OUT)/flagged
	$(test) | rawpick -d 28x28 $(OUT)/flagged | raw2png -d 28x28 -c 16 -n 1000 > $@

$(OUT)/missed.png: $(OUT)/kana.ll $(OUT)/calibration
	nicethresh -c $(OUT)/calibration -x anomalous -i $< > $(OUT)/missed
	$(anom) | rawpick -d 28x28 $(OUT)/missed | raw2png -d 28x28 -c 16 -n 1000 > $@

# The same halves under each method: what it promises, the rate and the counts that come of it.
$(OUT)/methods.tsv: $(OUT)/valid.ll $(OUT)/test.ll $(OUT)/kana.ll
	printf 'method\tpromised\trate\ttype_I\ttype_II\n' > $@
	n=$$(wc -l < $(OUT)/test.ll); \
	for m in $(METHODS); do \
	    nicestat --method $$m $< > $(OUT)/calibration.$$m; \
	    one=$$(nicethresh -c $(OUT)/calibration.$$m -x normal $(OUT)/test.ll | awk 'NR == 1 { print $$1 }'); \
	    two=$$(nicethresh -c $(OUT)/calibration.$$m -x anomalous $(OUT)/kana.ll | awk 'NR == 1 { print $$1 }'); \
	    awk -F '\t' -v m=$$m -v one=$$one -v two=$$two -v n=$$n 'BEGIN { OFS = "\t"; promised = "-" } \
	        $$1 == "promised" { promised = $$2 } \
	        END { print m, promised, one / n, one, two }' $(OUT)/calibration.$$m; \
	done >> $@

# Both kinds of likelihoods, and what any threshold makes of them.
$(OUT)/roc.png: $(OUT)/test.ll $(OUT)/kana.ll
	niceroc --curve $^ > $(OUT)/curve
	gnuplot -e "normal='$(OUT)/test.ll'; anomalous='$(OUT)/kana.ll'; curve='$(OUT)/curve'; out='$@'" \
	    -e "auroc='$$(niceroc $^ | awk '$$1 == "auroc" { printf "%.4f", $$2 }')'" examples/roc.gp

# Files that change only when the settings do.
$(OUT)/split: $(digits) .force
	@mkdir -p $(OUT)
	@echo '$(SEED)' | cmp -s - $@ || echo '$(SEED)' > $@

$(OUT)/k: .force
	@mkdir -p $(OUT)
	@echo '$(K)' | cmp -s - $@ || echo '$(K)' > $@

.force:
.PHONY: report .force
.DELETE_ON_ERROR:
