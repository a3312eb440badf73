# A case in which likelihoods fail: a flow that was trained on clothes, and looks at digits and kana.
# `make fashion DATA=...` runs it; nicetools(7) tells what to learn from it.

DATA ?= data
BIN  ?= build/bin
OUT  ?= build/fashion

SHELL       := bash
.SHELLFLAGS := -e -o pipefail -c
export PATH := $(abspath $(BIN)):$(PATH)

clothes = $(DATA)/fashion/t10k-images-idx3-ubyte.gz

report: $(OUT)/report.tsv $(OUT)/mnist.png $(OUT)/kmnist.png
	@cat $(OUT)/report.tsv
	@echo "histograms and ROC curves: $(OUT)/mnist.png, $(OUT)/kmnist.png"

# A small flow; some minutes.
$(OUT)/nice.safetensors: | $(OUT)
	idx2raw -t u8 $(DATA)/fashion/train-images-idx3-ubyte.gz | \
	    nicetrain -t u8 -d 28x28 --mid 500 --hidden 3 --epochs 8 --log $(OUT)/train.tsv -o $@

# Half of the clothes that it was not trained on calibrate; the other half is tested.
$(OUT)/valid.ll: $(OUT)/nice.safetensors
	idx2raw -n 5000 -S 1 $(clothes) | niceflow -m $< > $@

$(OUT)/clothes.ll: $(OUT)/nice.safetensors
	idx2raw -n 5000 -S 1 -v $(clothes) | niceflow -m $< > $@

$(OUT)/mnist.ll $(OUT)/kmnist.ll: $(OUT)/%.ll: $(OUT)/nice.safetensors
	idx2raw $(DATA)/$*/t10k-images-idx3-ubyte.gz | niceflow -m $< > $@

# One line for each kind of data: its mean log-likelihood, AUROC against clothes, and the shares in
# per cent that three tests flag: mean - 3 stdev, and p-values up to 1 %, of one side and of two.
flagged = $$(nicethresh $(1) -x normal $< | awk 'NR == 1 { printf "%.2f", 100 * $$1 / $$6 }')

$(OUT)/%.row: $(OUT)/%.ll $(OUT)/valid.ll $(OUT)/clothes.ll
	nicestat $(OUT)/valid.ll > $(OUT)/calibration
	printf '%s\t%.0f\t%.3f\t%s\t%s\t%s\n' $* "$$(nicestat $< | awk '$$1 == "mean" { print $$2 }')" \
	    "$$(niceroc $(OUT)/clothes.ll $< | awk '$$1 == "auroc" { print $$2 }')" \
	    $(call flagged,-c $(OUT)/calibration) $(call flagged,-p $(OUT)/valid.ll --alpha 0.01) \
	    $(call flagged,-p $(OUT)/valid.ll --alpha 0.01 --two-sided) > $@

$(OUT)/report.tsv: $(OUT)/clothes.row $(OUT)/mnist.row $(OUT)/kmnist.row
	printf '%s\t' data mean auroc sigma:3 one_sided > $@
	{ echo two_sided; cat $^; } >> $@

$(OUT)/mnist.png $(OUT)/kmnist.png: $(OUT)/%.png: $(OUT)/%.ll $(OUT)/clothes.ll
	niceroc --curve $(OUT)/clothes.ll $< > $(OUT)/$*.curve
	gnuplot -e "normal='$(OUT)/clothes.ll'; anomalous='$<'; curve='$(OUT)/$*.curve'; out='$@'" \
	    -e "auroc='$$(niceroc $(OUT)/clothes.ll $< | awk '$$1 == "auroc" { printf "%.4f", $$2 }')'" examples/roc.gp

$(OUT):
	@mkdir -p $@

.PHONY: report
.DELETE_ON_ERROR:
.SECONDARY:
