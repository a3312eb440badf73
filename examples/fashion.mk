# A case in which likelihoods fail, and what mends it: a flow that was trained on clothes looks at digits
# and kana. Beside each log-likelihood stands the size of the record after lossless compression; of the two
# columns a second flow learns which pairs are normal. nicetools(7) tells what to learn from it.
#
#     make -f examples/fashion.mk DATA=...                 clothes are normal
#     make -f examples/fashion.mk DATA=... NORMAL=mnist    digits are

DATA   ?= data
# One folder of DATA is normal, the others are not.
NORMAL ?= fashion
OTHERS ?= $(filter-out $(NORMAL),mnist kmnist fashion)
# Settings of both flows.
SETTINGS ?= --couplings 12 --hidden 1 --mid 1000 --epochs 8
JOINT    ?=
OUT    ?= build/fashion

report:
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

train = $(DATA)/$(NORMAL)/train-images-idx3-ubyte.gz
test  = $(DATA)/$(NORMAL)/t10k-images-idx3-ubyte.gz
model = $(OUT)/nice.safetensors
joint = $(OUT)/joint.safetensors
sets  = test $(OTHERS)

report: $(OUT)/report.tsv
	@cat $(OUT)/report.tsv
	+@$(pictures)
	@echo "log-likelihoods and sizes of $(NORMAL), $(OTHERS): $(OUT)/scatter.png"
	@echo "histograms and ROC curves: $(OTHERS:%=$(OUT)/%.png)"

pictures: $(OUT)/scatter.png $(OTHERS:%=$(OUT)/%.png)

# The last 10,000 training records are held out: they choose the epoch, and the second flow learns from
# them. Of the test records one half calibrates, the other half is tested.
records/held  = idx2raw -t u8 -r 50000:60000 "$(train)"
records/valid = idx2raw -t u8 -n 5000 -S 1 "$(test)"
records/test  = idx2raw -t u8 -n 5000 -S 1 -v "$(test)"
records       = $(or $(records/$(1)),idx2raw -t u8 "$(DATA)/$(1)/t10k-images-idx3-ubyte.gz")

$(OUT)/held.u8: $(OUT)/set.DATA $(OUT)/set.NORMAL
	$(call records,held) > $@.part
	mv $@.part $@

$(model): $(OUT)/held.u8 $(OUT)/set.SETTINGS
	idx2raw -t u8 -r 0:50000 "$(train)" | \
	    nicetrain -t u8 -d 28x28 $(SETTINGS) --valid $< --log $(OUT)/train.tsv -o $@

# Two scores of each record.
scores = $(addprefix $(OUT)/,$(addsuffix $(1),held valid $(sets)))
$(call scores,.ll): $(OUT)/%.ll: $(model) $(OUT)/set.DATA $(OUT)/set.NORMAL
	$(call records,$*) | niceflow -t u8 -m $(model) > $@.part
	mv $@.part $@

$(call scores,.size): $(OUT)/%.size: $(OUT)/set.DATA $(OUT)/set.NORMAL
	$(call records,$*) | rawsize -t u8 -d 28x28 --codec deflate > $@.part
	mv $@.part $@

# As a table, of which a flow learns the density.
$(OUT)/%.csv: $(OUT)/%.ll $(OUT)/%.size
	{ echo ll,size; paste -d , $^; } > $@.part
	mv $@.part $@

$(joint): $(OUT)/held.csv $(OUT)/set.JOINT
	csv2raw -w $(OUT)/schema $< | nicetrain --schema $(OUT)/schema -q $(JOINT) -o $@

$(OUT)/%.joint: $(OUT)/%.csv $(joint)
	csv2raw -m $(joint) $< | niceflow -m $(joint) > $@.part
	mv $@.part $@

# What is published, and no safe default: the sum of both.
$(OUT)/%.sum: $(OUT)/%.ll $(OUT)/%.size
	paste $^ | awk '{ printf "%.17g\n", $$1 + $$2 }' > $@.part
	mv $@.part $@

# Thresholds that flag 1 % of the normal records. Likelihoods are held to the model that made them.
$(OUT)/calibration.ll: $(OUT)/valid.ll $(model)
	nicestat --method conformal:0.01 --model $(model) $< > $@.part
	mv $@.part $@

$(OUT)/calibration.joint: $(OUT)/valid.joint $(joint)
	nicestat --method conformal:0.01 --model $(joint) $< > $@.part
	mv $@.part $@

$(OUT)/calibration.sum: $(OUT)/valid.sum
	nicestat --method conformal:0.01 $< > $@.part
	mv $@.part $@

# One line for each kind of data: its mean log-likelihood, AUROC by log-likelihood and by both scores, and
# the shares that are flagged, in per cent: by likelihood, of one side and of two, by the sum, and by both.
flagged = $$(nicethresh $(1) -x normal $(OUT)/$*.$(2) | awk 'NR == 1 { printf "%.2f", 100 * $$1 / $$6 }')
auroc   = $$(niceroc $(OUT)/test.$(1) $(OUT)/$*.$(1) | awk '$$1 == "auroc" { printf "%.4f", $$2 }')

$(OUT)/%.row: $(OUT)/%.ll $(OUT)/%.joint $(OUT)/%.sum $(addprefix $(OUT)/,test.ll test.joint calibration.ll calibration.joint calibration.sum)
	printf '%s\t%.0f\t%s\t%s\t%s\t%s\t%s\t%s\n' $* "$$(nicestat $< | awk '$$1 == "mean" { print $$2 }')" \
	    $(call auroc,ll) $(call auroc,joint) $(call flagged,-c $(OUT)/calibration.ll -m $(model),ll) \
	    $(call flagged,-p $(OUT)/valid.ll --alpha 0.01 --two-sided,ll) $(call flagged,-c $(OUT)/calibration.sum,sum) \
	    $(call flagged,-c $(OUT)/calibration.joint -m $(joint),joint) > $@.part
	mv $@.part $@

$(OUT)/report.tsv: $(sets:%=$(OUT)/%.row) $(OUT)/set.OTHERS
	{ printf 'data\tmean\tauroc\tauroc_both\tone_sided\ttwo_sided\tsum\tboth\n'; cat $(filter %.row,$^); } > $@.part
	mv $@.part $@

$(OUT)/%.curve: $(OUT)/%.ll $(OUT)/test.ll
	niceroc --curve $(OUT)/test.ll $< > $@.part
	mv $@.part $@

$(OTHERS:%=$(OUT)/%.png): $(OUT)/%.png: $(OUT)/%.ll $(OUT)/test.ll $(OUT)/%.curve
	@$(gnuplot) -e "normal='$(OUT)/test.ll'; anomalous='$<'; curve='$(OUT)/$*.curve'" \
	    -e "auroc='$(call auroc,ll)'" $(here)roc.gp

$(OUT)/scatter.png: $(sets:%=$(OUT)/%.csv) $(OUT)/set.OTHERS
	@$(gnuplot) -e "tables='$(OTHERS:%=$(OUT)/%.csv) $(OUT)/test.csv'; names='$(OTHERS) $(NORMAL)'" $(here)scatter.gp
