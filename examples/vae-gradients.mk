# How the estimators of a VAE's gradient compare: by the log-derivative trick, with and without a
# baseline, and through the draw itself; on characters drawn here, before and after training.
# `make vae-gradients` runs it, in a minute; examples/vae.txt says what came of it.

# Built here, or installed.
GRADIENTS ?= $(firstword $(wildcard build/examples/gradients $(here)../../../../libexec/nicetools/gradients))
LATENT    ?= 2
EPOCHS    ?= 100
PASSES    ?= 1000
OUT       ?= build/vae-gradients

report:
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk
export PATH := $(abspath $(dir $(GRADIENTS))):$(PATH)

train = nicetrain -q -S 1 -t u8 -d 28x28 --kind vae --latent $(LATENT) --mid 16 --hidden 1 --batch 50

report: $(OUT)/report.txt
	@cat $<

$(OUT)/digits.u8: | $(OUT)
	glyphs digits 2000 1 > $@.part
	mv $@.part $@

$(OUT)/batch.u8: $(OUT)/digits.u8
	head -c 39200 $< > $@.part
	mv $@.part $@

# A rate of 0 leaves the parameters as they start.
$(OUT)/start.safetensors: $(OUT)/digits.u8 $(OUT)/set.LATENT
	$(train) --lr 0 --ema 0 --epochs 1 -o $@ $<

$(OUT)/trained.safetensors: $(OUT)/digits.u8 $(OUT)/set.LATENT $(OUT)/set.EPOCHS
	$(train) --epochs $(EPOCHS) -o $@ $<

$(OUT)/start.txt $(OUT)/trained.txt: $(OUT)/%.txt: $(OUT)/%.safetensors $(OUT)/batch.u8 $(OUT)/set.PASSES
	gradients $< $(OUT)/batch.u8 $(PASSES) > $@.part
	mv $@.part $@

$(OUT)/report.txt: $(OUT)/start.txt $(OUT)/trained.txt
	{ echo "at the start:"; cat $(OUT)/start.txt; echo "after training:"; cat $(OUT)/trained.txt; } > $@.part
	mv $@.part $@
