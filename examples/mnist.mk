# The published experiment: digits are normal, kana are anomalies. Copy this file and common.mk, and
# change the names for an experiment of your own. It is nothing but pipes; every result is a file,
# and what depends on a variable that has changed is made again, and nothing else.
#
#     make -f examples/mnist.mk DATA=... MODEL=nice.pt

DATA  ?= data
MODEL ?= nice.pt
SEED  ?= 1
K     ?= 3
# What else may set the threshold (nicestat --method).
METHODS ?= sigma:3 quantile:0.01 mad:3 conformal:0.01 pot:0.01 pot:0.001
OUT   ?= build/mnist

report:
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

digits = $(DATA)/mnist/t10k-images-idx3-ubyte.gz
kana   = $(DATA)/kmnist/t10k-images-idx3-ubyte.gz
flow   = niceflow -t u8 -m "$(MODEL)"
model  = $(call name,$(MODEL)) $(OUT)/set.MODEL

# Half of the digits, at random, calibrate; the other half is tested.
valid = idx2raw -t u8 -n 5000 -S $(SEED) "$(digits)"
test  = idx2raw -t u8 -n 5000 -S $(SEED) -v "$(digits)"
anom  = idx2raw -t u8 "$(kana)"

minimax = sh $(here)minimax.sh $(OUT)/valid.ll $(OUT)/kana.ll

report: $(OUT)/report.txt $(OUT)/methods.tsv
	@cat $(OUT)/report.txt
	+@$(pictures)
	@echo "flagged digits: $(OUT)/flagged.png, why: $(OUT)/why.png, missed kana: $(OUT)/missed.png"
	@echo "histograms and ROC curve: $(OUT)/roc.png"
	@echo "all of it on one page: $(OUT)/report.html"
	@echo "thresholds by other methods: $(OUT)/methods.tsv"
	@cat $(OUT)/methods.tsv

$(call name,$(MODEL)): ; $(call absent,MODEL)

pictures: $(addprefix $(OUT)/,flagged.png why.png missed.png roc.png report.html)

$(OUT)/valid.ll: $(call name,$(digits)) $(model) $(OUT)/set.DATA $(OUT)/set.SEED
	$(valid) | $(flow) > $@.part
	mv $@.part $@

$(OUT)/test.ll: $(call name,$(digits)) $(model) $(OUT)/set.DATA $(OUT)/set.SEED
	$(test) | $(flow) > $@.part
	mv $@.part $@

$(OUT)/kana.ll: $(call name,$(kana)) $(model) $(OUT)/set.DATA
	$(anom) | $(flow) > $@.part
	mv $@.part $@

$(OUT)/calibration: $(OUT)/valid.ll $(OUT)/set.K
	nicestat -k $(K) --model "$(MODEL)" $< > $@.part
	mv $@.part $@

$(OUT)/report.txt: $(OUT)/calibration $(OUT)/test.ll $(OUT)/kana.ll
	{ nicethresh -c $< -m "$(MODEL)" -x normal $(OUT)/test.ll; \
	  nicethresh -c $< -m "$(MODEL)" -x anomalous $(OUT)/kana.ll; } > $@.part
	mv $@.part $@

# The same halves under each method: what it promises, the rate and the counts that come of it. The last one
# has seen anomalies, which the others do without: the mixture of two thresholds whose larger error rate is the
# least possible one for the digits that calibrate and all of the kana. It promises both rates.
$(OUT)/methods.tsv: $(OUT)/valid.ll $(OUT)/test.ll $(OUT)/kana.ll $(OUT)/set.METHODS $(OUT)/set.SEED
	printf 'method\tpromised\trate\ttype_I\ttype_II\n' > $@.part
	n=$$(wc -l < $(OUT)/test.ll); \
	row() { \
	    one=$$(nicethresh -c "$(OUT)/calibration.$$@" -x normal $(OUT)/test.ll | awk 'NR == 1 { print $$1 }'); \
	    two=$$(nicethresh -c "$(OUT)/calibration.$$@" -x anomalous $(OUT)/kana.ll | awk 'NR == 1 { print $$1 }'); \
	    awk -F '\t' -v m=$$1 -v one=$$one -v two=$$two -v n=$$n 'BEGIN { OFS = "\t"; promised = "-" } \
	        $$1 == "promised" { promised = $$2 } \
	        END { print m, promised, one / n, one, two }' $(OUT)/calibration.$$1; \
	}; \
	{ for m in $(METHODS); do nicestat --method $$m $< > $(OUT)/calibration.$$m; row $$m; done; \
	  $(minimax) > $(OUT)/calibration.minimax; row minimax -S $(SEED); } >> $@.part
	mv $@.part $@

# The records that were judged wrongly, as pictures.
$(OUT)/flagged.png: $(OUT)/test.ll $(OUT)/calibration
	nicethresh -c $(OUT)/calibration -x normal -i $< > $(OUT)/flagged
	$(test) | rawpick -t u8 -d 28x28 $(OUT)/flagged | raw2png -t u8 -d 28x28 -c 16 -n 1000 > $@.part
	mv $@.part $@

# In the same places, what the ink of each pixel adds to the log-likelihood of a black picture: blue makes
# a digit less likely, red more, in full colour by 30 nats.
$(OUT)/why.png: $(OUT)/flagged.png
	head -c 784 /dev/zero > $@.black
	$(test) | rawpick -t u8 -d 28x28 $(OUT)/flagged | \
	    $(flow) --attribute path --steps 64 --baseline $@.black | \
	    raw2png -d 28x28 -c 16 -n 1000 --signed --range -30:30 > $@.part
	rm $@.black
	mv $@.part $@

$(OUT)/missed.png: $(OUT)/kana.ll $(OUT)/calibration
	nicethresh -c $(OUT)/calibration -x anomalous -i $< > $(OUT)/missed
	$(anom) | rawpick -t u8 -d 28x28 $(OUT)/missed | raw2png -t u8 -d 28x28 -c 16 -n 1000 > $@.part
	mv $@.part $@

# Both kinds of likelihoods, and what any threshold makes of them.
$(OUT)/curve: $(OUT)/test.ll $(OUT)/kana.ll
	niceroc --curve $^ > $@.part
	mv $@.part $@

$(OUT)/roc.png $(OUT)/roc.svg: $(OUT)/test.ll $(OUT)/kana.ll $(OUT)/curve
	@$(gnuplot) -e "normal='$(OUT)/test.ll'; anomalous='$(OUT)/kana.ll'; curve='$(OUT)/curve'" \
	    -e "auroc='$$(niceroc $(OUT)/test.ll $(OUT)/kana.ll | awk '$$1 == "auroc" { printf "%.4f", $$2 }')'" $(here)roc.gp

define page
title	Digits and kana: the published experiment
text	A flow that was trained on MNIST digits gives 5000 of the digits that it has not seen their log-likelihoods, which set a threshold: mean minus $(K) standard deviations. The 5000 others, and 10000 characters of Kuzushiji-MNIST, are compared with it. A type I error is a digit below the threshold, a type II error a character above it.
lines	$(OUT)/report.txt
head	The pipes
pipe	$(valid) | $(flow) | nicestat -k $(K) --model "$(MODEL)" > calibration
pipe	$(test) | $(flow) | nicethresh -c calibration -m "$(MODEL)" -x normal
pipe	$(anom) | $(flow) | nicethresh -c calibration -m "$(MODEL)" -x anomalous
head	Any threshold
picture	$(OUT)/roc.svg	Both kinds of log-likelihoods, and the ROC curve
head	Other ways to choose it
text	All but the last do without anomalies. minimax is the mixture of two thresholds whose larger error rate is the least possible one, for the digits that calibrate and the characters; it promises that rate for both kinds of errors, and draws for each record.
table	$(OUT)/methods.tsv
pipe	$(minimax) > calibration.minimax
pipe	nicethresh -c calibration.minimax -S $(SEED) -x normal $(OUT)/test.ll
head	The errors
picture	$(OUT)/flagged.png	Digits that were flagged
picture	$(OUT)/why.png	The same, pixel by pixel: ink in blue makes a digit less likely, in red more likely
picture	$(OUT)/missed.png	Characters that were taken for digits
head	How it was made
digest	$(MODEL)	The model
digest	$(digits)	The digits
digest	$(kana)	The characters
taken	$(BEGUN)
endef
export page

$(OUT)/report.html: $(addprefix $(OUT)/,report.txt methods.tsv roc.svg flagged.png why.png missed.png)
	@$(html)
