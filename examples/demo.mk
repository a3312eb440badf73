# The toolkit shows itself, without any download: draws characters, trains a small flow on the
# digits among them, and asks which of the others are anomalies. `make demo` runs it.

BIN    ?= build/bin
GLYPHS ?= build/examples/glyphs
OUT    ?= build/demo

SHELL       := bash
.SHELLFLAGS := -e -o pipefail -c
export PATH := $(abspath $(BIN)):$(abspath $(dir $(GLYPHS))):$(PATH)

all: $(OUT)/report.txt $(OUT)/digits.png $(OUT)/kana.png $(OUT)/samples.png $(OUT)/surprising.png $(OUT)/likelihoods.png $(OUT)/roc.png
	@echo
	@cat $(OUT)/report.txt
	@echo
	@echo "Pictures in $(OUT):"
	@echo "  digits.png, kana.png   what is normal here, and what is not"
	@echo "  samples.png            digits that the flow made up"
	@echo "  surprising.png         the digits that it finds least likely"
	@echo "  likelihoods.png        both kinds of likelihoods, and the threshold between them"
	@echo "  roc.png                what any threshold makes of them"
	@echo "Next: make mnist DATA=... MODEL=nice.pt, or records of your own: README.md, \"Your own data\"."

# Data: IDX files, like MNIST's. Three draws of digits: to train, to calibrate, to test.
$(OUT)/train.idx $(OUT)/valid.idx $(OUT)/test.idx $(OUT)/kana.idx: | $(OUT)
$(OUT)/train.idx: ; glyphs digits 10000 1 | raw2idx -t u8 -d 28x28 > $@
$(OUT)/valid.idx: ; glyphs digits 5000 2 | raw2idx -t u8 -d 28x28 > $@
$(OUT)/test.idx:  ; glyphs digits 5000 3 | raw2idx -t u8 -d 28x28 > $@
$(OUT)/kana.idx:  ; glyphs kana 5000 4 | raw2idx -t u8 -d 28x28 > $@

# A small flow: a quarter of the published width, two hidden layers, noise of twelve grey levels.
$(OUT)/nice.safetensors: $(OUT)/train.idx
	idx2raw -t u8 $< | nicetrain -t u8 -d 28x28 --mid 256 --hidden 2 --epochs 10 --batch 50 --lr 0.002 \
	    --noise 12 --log $(OUT)/train.tsv -o $@

%.ll: %.idx $(OUT)/nice.safetensors
	idx2raw $< | niceflow -m $(OUT)/nice.safetensors > $@

$(OUT)/calibration: $(OUT)/valid.ll
	nicestat $< > $@

$(OUT)/report.txt: $(OUT)/calibration $(OUT)/test.ll $(OUT)/kana.ll
	nicethresh -c $(OUT)/calibration -x normal $(OUT)/test.ll > $@
	nicethresh -c $(OUT)/calibration -x anomalous $(OUT)/kana.ll >> $@

$(OUT)/digits.png: $(OUT)/test.idx
	idx2raw -r 0:100 $< | raw2png -d 28x28 -c 20 > $@

$(OUT)/kana.png: $(OUT)/kana.idx
	idx2raw -r 0:100 $< | raw2png -d 28x28 -c 20 > $@

$(OUT)/samples.png: $(OUT)/nice.safetensors
	niceflow -m $< -n 100 -S 1 | raw2png -d 28x28 -c 20 > $@

$(OUT)/surprising.png: $(OUT)/test.ll
	cat -n $< | sort -k 2g | awk 'NR <= 100 { print $$1 - 1 }' | sort -n > $(OUT)/surprising
	idx2raw $(OUT)/test.idx | rawpick -d 28x28 $(OUT)/surprising | raw2png -d 28x28 -c 20 > $@

$(OUT)/likelihoods.png: $(OUT)/calibration $(OUT)/test.ll $(OUT)/kana.ll
	gnuplot -e "normal='$(OUT)/test.ll'; anomalous='$(OUT)/kana.ll'; out='$@'" \
	    -e "threshold=$$(awk '$$1 == "threshold" { print $$2 }' $<)" examples/likelihoods.gp

$(OUT)/roc.png: $(OUT)/test.ll $(OUT)/kana.ll
	niceroc --curve $^ > $(OUT)/curve
	gnuplot -e "normal='$(OUT)/test.ll'; anomalous='$(OUT)/kana.ll'; curve='$(OUT)/curve'; out='$@'" \
	    -e "auroc='$$(niceroc $^ | awk '$$1 == "auroc" { printf "%.4f", $$2 }')'" examples/roc.gp

$(OUT):
	@mkdir -p $@

.PHONY: all
.DELETE_ON_ERROR:
.SECONDARY:
