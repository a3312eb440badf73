# A model of one's own: trains a flow on MNIST's training digits, then asks it which digits are
# normal and which kana are not. Copy this file and change the names for data of your own. It is
# nothing but pipes; every result is a file. A training that was stopped goes on where it was.
#
#     make -f examples/mnist-train.mk DATA=...            the settings of examples/mnist-train.txt
#     make -f examples/mnist-train.mk DATA=... EPOCHS=1   a look at the whole in a minute or two
#     make -f examples/mnist-train.mk DATA=... FAST=1     a tenth of the cost of a verdict
#     make -f examples/mnist-train.mk DATA=... VIEWS=5    each picture in five places, of which the most likely counts
#     make -f examples/mnist-train.mk DATA=... MODELS=2   a second, narrow model: the lesser of both likelihoods counts

DATA      ?= data
SEED      ?= 1
SPLITS    ?= 1000
# VIEWS of a picture are scored, and the most likely one counts: 1; 5, with it shifted by a pixel four ways; 9, with the
# diagonals. Settings of the training: the best for one view or for several, or the cheapest that errs no more than what was
# published; for two models a pair that was found when results on kana were known. In float32 the model is the same on every
# processor with AVX2; PRECISION=bf16 is faster where there are such products, and comes out differently.
fast      := $(filter-out 0,$(FAST))
VIEWS     ?= 1
several   := $(filter-out 1,$(VIEWS))
MODELS    ?= 1
two       := $(filter-out 1,$(MODELS))
$(if $(and $(fast),$(two)),$(error FAST=1 is for one model, not MODELS=$(MODELS)))
narrow_epochs := $(or $(EPOCHS),36)
NARROW    ?= --couplings 12 --hidden 1 --mid 420 --beta2 0.95 --epochs $(narrow_epochs)
EPOCHS    ?= $(if $(fast),40,$(if $(two),20,$(if $(several),36,14)))
SETTINGS  ?= --couplings 12 --hidden 1 --mid $(if $(fast),208,$(if $(two),1200,$(if $(several),420,2000)) --beta2 0.95)
PRECISION ?= f32
# Built here, or installed.
SPLIT     ?= $(firstword $(wildcard build/examples/splits $(here)../../../../libexec/nicetools/splits))
OUT       ?= build/mnist-train

report:
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk
export PATH := $(abspath $(dir $(SPLIT))):$(PATH)

digits  = $(DATA)/mnist/train-images-idx3-ubyte.gz
test    = $(DATA)/mnist/t10k-images-idx3-ubyte.gz
kana    = $(DATA)/kmnist/t10k-images-idx3-ubyte.gz
fashion = $(DATA)/fashion/t10k-images-idx3-ubyte.gz

model    = $(OUT)/nice.safetensors
narrow   = $(OUT)/narrow.safetensors
models_1 = $(model)
models_2 = $(model) $(narrow)
models   = $(or $(models_$(MODELS)),$(error MODELS is 1 or 2, not $(MODELS)))

report: $(OUT)/report.txt
	@echo
	@cat $(OUT)/report.txt
	+@$(pictures)
	@echo
	@echo "Pictures in $(OUT):"
	@echo "  training.png      the course of the training: $(OUT)/train.tsv"
	@echo "  roc.png           digits against kana, and against clothes"
	@echo "  likelihoods.png   of test digits and kana"
	@echo "  samples.png       digits that the flow made up"

pictures: $(addprefix $(OUT)/,training.png roc.png likelihoods.png samples.png)

# The last 10,000 training digits are held out: they choose the epoch.
$(OUT)/train.u8: $(call name,$(digits)) $(OUT)/set.DATA
	idx2raw -t u8 -r 0:50000 "$(digits)" > $@.part
	mv $@.part $@

$(OUT)/held.u8: $(call name,$(digits)) $(OUT)/set.DATA
	idx2raw -t u8 -r 50000:60000 "$(digits)" > $@.part
	mv $@.part $@

# A checkpoint of other data or settings is of no use.
$(OUT)/start: $(OUT)/train.u8 $(OUT)/held.u8 $(addprefix $(OUT)/set.,SEED EPOCHS SETTINGS PRECISION)
	rm -f $(OUT)/checkpoint
	touch $@

$(OUT)/narrow.start: $(OUT)/train.u8 $(OUT)/held.u8 $(addprefix $(OUT)/set.,SEED NARROW PRECISION)
	rm -f $(OUT)/narrow.checkpoint
	touch $@

# train SETTINGS PREFIX
train = nicetrain -d 28x28 -t u8 -p $(PRECISION) -S $(SEED) $(1) --valid $(OUT)/held.u8 \
	    --log $(OUT)/$(2)train.tsv --checkpoint $(OUT)/$(2)checkpoint --resume -o $@ $(OUT)/train.u8

$(model): $(OUT)/start ; $(call train,--epochs $(EPOCHS) $(SETTINGS))
$(narrow): $(OUT)/narrow.start ; $(call train,$(NARROW),narrow.)

# Likelihoods are kept as raw doubles. flow, views: by the model $(1).
shift    = rawshift -t u8 -d 28x28
flow     = niceflow -t u8 -b -m $(1)
views_1  = $(flow)
views_5  = $(shift) | $(flow) | nicemax -b -n 5
views_9  = $(shift) --axis horizontal | $(shift) --axis vertical | $(flow) | nicemax -b -n 9
best     = $(or $(views_$(VIEWS)),$(error VIEWS is 1, 5 or 9, not $(VIEWS)))
# score COMMAND: of the records that it prints, under each model; then the least.
by       = $@.$(basename $(notdir $(1)))
by_each  = $(foreach m,$(models),$(call by,$(m)))
define score
$(foreach m,$(models),$(1) | $(call best,$(m)) > $(call by,$(m))$(newline))
nicemax -b -l -n 1 $(by_each) > $@.part
rm $(by_each)
mv $@.part $@
endef

scored = $(models) $(addprefix $(OUT)/set.,VIEWS MODELS)
$(OUT)/test.ll: $(call name,$(test)) $(scored) ; $(call score,idx2raw -t u8 "$(test)")
$(OUT)/kana.ll: $(call name,$(kana)) $(scored) ; $(call score,idx2raw -t u8 "$(kana)")
$(OUT)/fashion.ll: $(call name,$(fashion)) $(scored) ; $(call score,idx2raw -t u8 "$(fashion)")
$(OUT)/held.ll: $(OUT)/held.u8 $(scored) ; $(call score,cat $<)

# Errors under mean - 3 stdev, for many random halves of the test digits.
$(OUT)/%.splits: $(OUT)/%.ll $(OUT)/test.ll $(OUT)/set.SPLITS
	splits $(SPLITS) $(OUT)/test.ll $< > $@.part
	mv $@.part $@

$(OUT)/%.curve: $(OUT)/%.ll $(OUT)/test.ll
	niceroc -b --curve $(OUT)/test.ll $< > $@.part
	mv $@.part $@

statistic = nicestat | awk -v name=$(1) '$$1 == name { printf "%.$(2)f", $$2 }'
# Share of the anomalous data that are missed where so many percent of the digits are flagged.
missed = for percent in 0.5 1 1.32 2.06; do awk -v p=$$percent '$$1 <= p / 100 { tpr = $$2 } \
	END { printf "  missed where %.2f %% of the digits are flagged: %.2f %%\n", p, 100 * (1 - tpr) }' $(1); done

$(OUT)/report.txt: $(OUT)/held.ll $(OUT)/test.ll $(OUT)/kana.splits $(OUT)/fashion.splits $(OUT)/kana.curve $(OUT)/fashion.curve
	{ echo "log-likelihood of held-out digits: $$(nicestat -b $(OUT)/held.ll | awk '$$1 == "mean" { print $$2 }')"; \
	echo "log-likelihood of test digits: $$(nicestat -b $(OUT)/test.ll | awk '$$1 == "mean" { print $$2 }')"; \
	echo "over $(SPLITS) random splits, under mean - 3 stdev:"; \
	echo "  type I errors: $$(cut -f 2 $(OUT)/kana.splits | $(call statistic,mean,1)) of 5000"; \
	for set in kana fashion; do \
		echo "$$set:"; \
		echo "  type II errors: $$(cut -f 3 $(OUT)/$$set.splits | $(call statistic,mean,1)) of 10000"; \
		$(call missed,$(OUT)/$$set.curve); \
		niceroc -b $(OUT)/test.ll $(OUT)/$$set.ll | sed -n '/^auroc/Is/^/  /p'; \
	done; } > $@.part
	mv $@.part $@

$(OUT)/training.png: $(model)
	@$(gnuplot) -e "log='$(OUT)/train.tsv'" $(here)training.gp

$(OUT)/roc.png: $(OUT)/kana.curve $(OUT)/fashion.curve
	@$(gnuplot) -e "a='$(OUT)/kana.curve'; b='$(OUT)/fashion.curve'" $(here)curves.gp

# The threshold drawn is that of one split.
$(OUT)/likelihoods.png: $(OUT)/test.ll $(OUT)/kana.ll
	for set in test kana; do od -An -v -t f8 -w8 $(OUT)/$$set.ll > $(OUT)/$$set.txt; done
	raw2idx -1 -t f64 $(OUT)/test.ll | idx2raw -t f64 -n 5000 -S 1 | nicestat -b > $(OUT)/calibration
	@$(gnuplot) -e "normal='$(OUT)/test.txt'; anomalous='$(OUT)/kana.txt'" \
	    -e "threshold=$$(awk '$$1 == "threshold" { print $$2 }' $(OUT)/calibration)" $(here)likelihoods.gp

$(OUT)/samples.png: $(model)
	niceflow -m $< -n 100 -S 1 | raw2png -d 28x28 -c 20 > $@.part
	mv $@.part $@
