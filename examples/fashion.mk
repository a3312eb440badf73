# A case in which likelihoods fail: a flow that was trained on clothes, and looks at digits and kana.
# `make fashion DATA=...` runs it; nicetools(7) tells what to learn from it.

DATA ?= data
OUT  ?= build/fashion

report:
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

clothes = $(DATA)/fashion/t10k-images-idx3-ubyte.gz
score   = niceflow -t u8 -m $(OUT)/nice.safetensors

report: $(OUT)/report.tsv
	@cat $(OUT)/report.tsv
	+@$(pictures)
	@echo "histograms and ROC curves: $(OUT)/mnist.png, $(OUT)/kmnist.png"

pictures: $(OUT)/mnist.png $(OUT)/kmnist.png

# A small flow; some minutes.
$(OUT)/nice.safetensors: $(OUT)/set.DATA
	idx2raw -t u8 "$(DATA)/fashion/train-images-idx3-ubyte.gz" | \
	    nicetrain -t u8 -d 28x28 --mid 500 --hidden 3 --epochs 8 --log $(OUT)/train.tsv -o $@

# Half of the clothes that it was not trained on calibrate; the other half is tested.
$(OUT)/valid.ll: $(OUT)/nice.safetensors
	idx2raw -t u8 -n 5000 -S 1 "$(clothes)" | $(score) > $@.part
	mv $@.part $@

$(OUT)/clothes.ll: $(OUT)/nice.safetensors
	idx2raw -t u8 -n 5000 -S 1 -v "$(clothes)" | $(score) > $@.part
	mv $@.part $@

$(OUT)/mnist.ll $(OUT)/kmnist.ll: $(OUT)/%.ll: $(OUT)/nice.safetensors
	idx2raw -t u8 "$(DATA)/$*/t10k-images-idx3-ubyte.gz" | $(score) > $@.part
	mv $@.part $@

# One line for each kind of data: its mean log-likelihood, AUROC against clothes, and the shares in
# per cent that three tests flag: mean - 3 stdev, and p-values up to 1 %, of one side and of two.
flagged = $$(nicethresh $(1) -x normal $< | awk 'NR == 1 { printf "%.2f", 100 * $$1 / $$6 }')

$(OUT)/calibration: $(OUT)/valid.ll
	nicestat --model $(OUT)/nice.safetensors $< > $@.part
	mv $@.part $@

$(OUT)/%.row: $(OUT)/%.ll $(OUT)/calibration $(OUT)/clothes.ll
	printf '%s\t%.0f\t%.3f\t%s\t%s\t%s\n' $* "$$(nicestat $< | awk '$$1 == "mean" { print $$2 }')" \
	    "$$(niceroc $(OUT)/clothes.ll $< | awk '$$1 == "auroc" { print $$2 }')" \
	    $(call flagged,-c $(OUT)/calibration -m $(OUT)/nice.safetensors) $(call flagged,-p $(OUT)/valid.ll --alpha 0.01) \
	    $(call flagged,-p $(OUT)/valid.ll --alpha 0.01 --two-sided) > $@.part
	mv $@.part $@

$(OUT)/report.tsv: $(OUT)/clothes.row $(OUT)/mnist.row $(OUT)/kmnist.row
	{ printf 'data\tmean\tauroc\tsigma:3\tone_sided\ttwo_sided\n'; cat $^; } > $@.part
	mv $@.part $@

$(OUT)/%.curve: $(OUT)/%.ll $(OUT)/clothes.ll
	niceroc --curve $(OUT)/clothes.ll $< > $@.part
	mv $@.part $@

$(OUT)/mnist.png $(OUT)/kmnist.png: $(OUT)/%.png: $(OUT)/%.ll $(OUT)/clothes.ll $(OUT)/%.curve
	@$(gnuplot) -e "normal='$(OUT)/clothes.ll'; anomalous='$<'; curve='$(OUT)/$*.curve'" \
	    -e "auroc='$$(niceroc $(OUT)/clothes.ll $< | awk '$$1 == "auroc" { printf "%.4f", $$2 }')'" $(here)roc.gp
