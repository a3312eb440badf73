# The toolkit shows itself, without any download: draws characters, trains a small flow on the
# digits among them, and asks which of the others are anomalies. `make demo` runs it.

# Built here, or installed.
GLYPHS ?= $(firstword $(wildcard build/examples/glyphs $(here)../../../../libexec/nicetools/glyphs))
OUT    ?= build/demo

report:
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk
export PATH := $(abspath $(dir $(GLYPHS))):$(PATH)

report: $(OUT)/report.txt
	@echo
	@cat $(OUT)/report.txt
	+@$(pictures)
	@echo
	@echo "Pictures in $(OUT):"
	@echo "  digits.png, kana.png   what is normal here, and what is not"
	@echo "  samples.png            digits that the flow made up"
	@echo "  surprising.png         the digits that it finds least likely"
	@echo "  heat.png               why: pixels in blue make them less likely than the mean digit, in red more"
	@echo "  likelihoods.png        both kinds of likelihoods, and the threshold between them"
	@echo "  roc.png                what any threshold makes of them"
	@echo "All of it on one page: $(OUT)/report.html"
	@echo "Next: make mnist DATA=... MODEL=nice.pt, or records of your own: README.md, \"Your own data\"."

pictures: $(addprefix $(OUT)/,digits.png kana.png samples.png surprising.png heat.png likelihoods.png roc.png report.html)

# Data: IDX files, like MNIST's. Three draws of digits: to train, to calibrate, to test.
draw = glyphs $(1) | raw2idx -t u8 -d 28x28 > $@.part && mv $@.part $@
$(OUT)/train.idx $(OUT)/valid.idx $(OUT)/test.idx $(OUT)/kana.idx: | $(OUT)
$(OUT)/train.idx: ; $(call draw,digits 10000 1)
$(OUT)/valid.idx: ; $(call draw,digits 5000 2)
$(OUT)/test.idx:  ; $(call draw,digits 5000 3)
$(OUT)/kana.idx:  ; $(call draw,kana 5000 4)

# A small flow: a quarter of the published width, two hidden layers, noise of twelve grey levels.
$(OUT)/nice.safetensors: $(OUT)/train.idx
	idx2raw -t u8 $< | nicetrain -t u8 -d 28x28 --mid 256 --hidden 2 --epochs 10 --batch 50 --lr 0.002 \
	    --noise 12 --log $(OUT)/train.tsv -o $@

%.ll: %.idx $(OUT)/nice.safetensors
	idx2raw -t u8 $< | niceflow -t u8 -m $(OUT)/nice.safetensors > $@.part
	mv $@.part $@

$(OUT)/calibration: $(OUT)/valid.ll
	nicestat --model $(OUT)/nice.safetensors $< > $@.part
	mv $@.part $@

$(OUT)/report.txt: $(OUT)/calibration $(OUT)/test.ll $(OUT)/kana.ll
	{ nicethresh -c $< -m $(OUT)/nice.safetensors -x normal $(OUT)/test.ll; \
	  nicethresh -c $< -m $(OUT)/nice.safetensors -x anomalous $(OUT)/kana.ll; } > $@.part
	mv $@.part $@

$(OUT)/digits.png: $(OUT)/test.idx
	idx2raw -t u8 -r 0:100 $< | raw2png -t u8 -d 28x28 -c 20 > $@.part
	mv $@.part $@

$(OUT)/kana.png: $(OUT)/kana.idx
	idx2raw -t u8 -r 0:100 $< | raw2png -t u8 -d 28x28 -c 20 > $@.part
	mv $@.part $@

$(OUT)/samples.png: $(OUT)/nice.safetensors
	niceflow -m $< -n 100 -S 1 | raw2png -d 28x28 -c 20 > $@.part
	mv $@.part $@

$(OUT)/surprising.png: $(OUT)/test.ll
	cat -n $< | sort -k 2g | awk 'NR <= 100 { print $$1 - 1 }' | sort -n > $(OUT)/surprising
	idx2raw -t u8 $(OUT)/test.idx | rawpick -t u8 -d 28x28 $(OUT)/surprising > $(OUT)/surprising.u8
	raw2png -t u8 -d 28x28 -c 20 $(OUT)/surprising.u8 > $@.part
	mv $@.part $@

# In the same places: which pixels make them so, against the mean of the training digits.
$(OUT)/heat.png: $(OUT)/surprising.png $(OUT)/nice.safetensors
	niceflow -t u8 -m $(OUT)/nice.safetensors --attribute path --steps 64 $(OUT)/surprising.u8 | \
	    raw2png -d 28x28 -c 20 --signed > $@.part
	mv $@.part $@

$(OUT)/likelihoods.png $(OUT)/likelihoods.svg: $(OUT)/calibration $(OUT)/test.ll $(OUT)/kana.ll
	@$(gnuplot) -e "normal='$(OUT)/test.ll'; anomalous='$(OUT)/kana.ll'" \
	    -e "threshold=$$(awk '$$1 == "threshold" { print $$2 }' $<)" $(here)likelihoods.gp

$(OUT)/curve: $(OUT)/test.ll $(OUT)/kana.ll
	niceroc --curve $^ > $@.part
	mv $@.part $@

$(OUT)/roc.png $(OUT)/roc.svg: $(OUT)/test.ll $(OUT)/kana.ll $(OUT)/curve
	@$(gnuplot) -e "normal='$(OUT)/test.ll'; anomalous='$(OUT)/kana.ll'; curve='$(OUT)/curve'" \
	    -e "auroc='$$(niceroc $(OUT)/test.ll $(OUT)/kana.ll | awk '$$1 == "auroc" { printf "%.4f", $$2 }')'" $(here)roc.gp

define page
title	Which of these characters are no digits?
text	A flow was trained on 10000 digits that a pen drew. The log-likelihoods of 5000 other digits set a threshold, mean minus three standard deviations. Then 5000 more digits and 5000 kana, which a brush drew, were compared with it.
lines	$(OUT)/report.txt
text	A type I error is a digit below the threshold, a type II error a kana above it.
picture	$(OUT)/likelihoods.svg	Log-likelihoods of digits and of kana, and the threshold between them
head	The pipes
pipe	idx2raw -t u8 train.idx | nicetrain -t u8 -d 28x28 ... -o nice.safetensors
pipe	idx2raw -t u8 valid.idx | niceflow -t u8 -m nice.safetensors | nicestat --model nice.safetensors > calibration
pipe	idx2raw -t u8 test.idx | niceflow -t u8 -m nice.safetensors | nicethresh -c calibration -m nice.safetensors -x normal
pipe	idx2raw -t u8 kana.idx | niceflow -t u8 -m nice.safetensors | nicethresh -c calibration -m nice.safetensors -x anomalous
head	Any threshold
picture	$(OUT)/roc.svg	Both kinds of log-likelihoods, and the ROC curve
head	The records
picture	$(OUT)/digits.png	Digits, which are normal here
picture	$(OUT)/kana.png	Kana, which are not
picture	$(OUT)/surprising.png	The hundred digits that the flow finds least likely
picture	$(OUT)/heat.png	The same, pixel by pixel: blue makes a digit less likely than the mean of the training digits, red more likely
picture	$(OUT)/samples.png	Digits that the flow made up
head	How it was made
digest	$(OUT)/nice.safetensors	The model
digest	$(OUT)/test.idx	The digits
digest	$(OUT)/kana.idx	The kana
taken	$(BEGUN)
endef
export page

$(OUT)/report.html: $(OUT)/report.txt $(addprefix $(OUT)/,digits.png kana.png samples.png surprising.png heat.png likelihoods.svg roc.svg)
	@$(html)
