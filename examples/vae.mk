# A flow and a variational autoencoder side by side: digits among kana and clothes, and clothes among
# digits and kana. `make vae DATA=...` runs it, in a quarter of an hour or more; examples/vae.txt says
# what came of it.

DATA   ?= data
K      ?= 16
EPOCHS ?= 20
SPLITS ?= 1000
# What else nicetrain is told of the flow, of every VAE, and of the flow of both scores.
FLOW   ?= --mid 500 --hidden 3 --epochs 8
VAE    ?=
BOTH   ?=
# Built here, or installed.
SPLIT  ?= $(firstword $(wildcard build/examples/splits $(here)../../../../libexec/nicetools/splits))
OUT    ?= build/vae

report:
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk
export PATH := $(abspath $(dir $(SPLIT))):$(PATH)

images = $(DATA)/$(1)/$(2)-images-idx3-ubyte.gz
flow   = nicetrain -q -t u8 -d 28x28 $(FLOW)
vae    = nicetrain -q -t u8 -d 28x28 --kind vae $(VAE) --epochs

report: $(OUT)/report.txt
	@cat $<
	+@$(pictures)
	@echo "Pictures in $(OUT): reconstructions.png, samples.png, plane.png"

pictures: $(addprefix $(OUT)/,reconstructions.png samples.png plane.png)

# ---- training; its seconds stand beside the model ----

# The targets are named, since make takes for outdated what depends on files that only a pattern names.
normals = mnist fashion

$(normals:%=$(OUT)/%.u8): $(OUT)/%.u8: $(OUT)/set.DATA
	idx2raw -t u8 "$(call images,$*,train)" > $@.part
	mv $@.part $@

timed = begin=$$SECONDS; $(1); echo $$((SECONDS - begin)) > $@.seconds

$(normals:%=$(OUT)/%-nice.safetensors): $(OUT)/%-nice.safetensors: $(OUT)/%.u8 $(OUT)/set.FLOW
	$(call timed,$(flow) -o $@ $<)

$(normals:%=$(OUT)/%-vae.safetensors): $(OUT)/%-vae.safetensors: $(OUT)/%.u8 $(OUT)/set.EPOCHS $(OUT)/set.VAE
	$(call timed,$(vae) $(EPOCHS) -o $@ $<)

# ---- scores, as raw doubles ----

define scores
$(OUT)/$(1)-nice-$(2).ll: $(OUT)/$(1)-nice.safetensors
	idx2raw -t u8 "$(call images,$(2),t10k)" | niceflow -t u8 -b -m $$< > $$@.part
	mv $$@.part $$@
$(OUT)/$(1)-vae-$(2).ll: $(OUT)/$(1)-vae.safetensors $(OUT)/set.K
	idx2raw -t u8 "$(call images,$(2),t10k)" | nicevae -t u8 -k $(K) -b -m $$< > $$@.part
	mv $$@.part $$@
endef
sets = mnist fashion kmnist
$(foreach normal,$(normals),$(foreach set,$(sets),$(eval $(call scores,$(normal),$(set)))))

# Both scores of a record as a table of two columns, of which a flow learns what is normal: from half of the
# normal records, so that the other half is what is left to test.
half = raw2idx -1 -t f64 $(1) | idx2raw -t f64 -n 5000 -S 1 $(2)
text = od -An -v -t f8 -w8 $(1) | tr -d ' '

define joint
$(OUT)/$(1).schema: $(OUT)/$(1)-nice-$(1).ll $(OUT)/$(1)-vae-$(1).ll
	paste -d , <($$(call half,$(OUT)/$(1)-nice-$(1).ll) | $(call text,)) \
	    <($$(call half,$(OUT)/$(1)-vae-$(1).ll) | $(call text,)) | \
	    csv2raw -w $$@ --no-header > $(OUT)/$(1)-pairs.f32
$(OUT)/$(1)-both.safetensors: $(OUT)/$(1).schema $(OUT)/set.BOTH
	nicetrain -q -d 2 $(BOTH) -o $$@ $(OUT)/$(1)-pairs.f32
$(OUT)/$(1)-both-$(1).ll: $(OUT)/$(1)-both.safetensors
	paste -d , <($$(call half,$(OUT)/$(1)-nice-$(1).ll,-v) | $(call text,)) \
	    <($$(call half,$(OUT)/$(1)-vae-$(1).ll,-v) | $(call text,)) | \
	    csv2raw -s $(OUT)/$(1).schema --no-header | niceflow -b -m $$< > $$@.part
	mv $$@.part $$@
endef
define joint_of
$(OUT)/$(1)-both-$(2).ll: $(OUT)/$(1)-both.safetensors $(OUT)/$(1)-nice-$(2).ll $(OUT)/$(1)-vae-$(2).ll
	paste -d , <($(call text,$(OUT)/$(1)-nice-$(2).ll)) \
	    <($(call text,$(OUT)/$(1)-vae-$(2).ll)) | \
	    csv2raw -s $(OUT)/$(1).schema --no-header | niceflow -b -m $$< > $$@.part
	mv $$@.part $$@
endef
$(foreach normal,$(normals),$(eval $(call joint,$(normal))) \
    $(foreach set,$(filter-out $(normal),$(sets)),$(eval $(call joint_of,$(normal),$(set)))))

# ---- the report ----

# Type I and II errors under mean - 3 stdev of random halves (mean - 3 stdev suits no joint score: -), AUROC, and the
# share of the anomalies that are missed where 1 % of the normal records are flagged.
mean = awk -v column=$(1) '{ sum += $$column } END { printf "%.1f", sum / NR }'
define row
$(OUT)/$(1)-$(2)-$(3).row: $(OUT)/$(1)-$(2)-$(1).ll $(OUT)/$(1)-$(2)-$(3).ll $(OUT)/set.SPLITS
	splits $(SPLITS) $(OUT)/$(1)-$(2)-$(1).ll $(OUT)/$(1)-$(2)-$(3).ll > $$@.splits
	niceroc -b --curve $(OUT)/$(1)-$(2)-$(1).ll $(OUT)/$(1)-$(2)-$(3).ll | \
	    awk '$$$$1 <= 0.01 { tpr = $$$$2 } END { printf "%.2f\n", 100 * (1 - tpr) }' > $$@.missed
	printf '%-8s %-5s %-8s %8s %9s %7.4f %9s\n' $(1) $(2) $(3) \
	    $(if $(filter both,$(2)),- -,"$$$$($$(call mean,2) $$@.splits)" "$$$$($$(call mean,3) $$@.splits)") \
	    "$$$$(niceroc -b $(OUT)/$(1)-$(2)-$(1).ll $(OUT)/$(1)-$(2)-$(3).ll | awk '$$$$1 == "auroc" { print $$$$2 }')" \
	    "$$$$(cat $$@.missed)" > $$@.part
	mv $$@.part $$@
endef
rows :=
$(foreach normal,$(normals),$(foreach set,$(filter-out $(normal),$(sets)),$(foreach model,nice vae both, \
    $(eval $(call row,$(normal),$(model),$(set)))$(eval rows += $(OUT)/$(normal)-$(model)-$(set).row))))

# The bound and the spread of its log-weights over a thousand digits.
$(OUT)/bounds.txt: $(OUT)/mnist-vae.safetensors
	idx2raw -t u8 -r 0:1000 "$(call images,mnist,t10k)" > $(OUT)/thousand.u8
	for k in 1 5 50 500; do nicevae -m $< -k $$k --spread $(OUT)/thousand.u8 | awk -v k=$$k \
	    '{ bound += $$1 / 1000; spread += $$2 / 1000 } END { printf "%4d %9.2f %8.2f\n", k, bound, spread }'; done > $@.part
	mv $@.part $@

# The prior, learnt or not: VLB_1 of held-out digits after five epochs, by seed.
$(OUT)/priors.txt: $(OUT)/mnist.u8 $(OUT)/set.VAE
	for seed in 1 2 3; do for prior in trainable standard; do \
		$(vae) 5 -S $$seed --prior $$prior -o $(OUT)/prior $<; \
		nicevae -m $(OUT)/prior -i | awk -v s=$$seed -v p=$$prior \
		    -F '\t' '$$1 == "held-out log-likelihood" { printf "%4d %-9s %9.2f\n", s, p, $$2 }'; \
	done; done > $@.part
	mv $@.part $@

$(OUT)/report.txt: $(rows) $(OUT)/bounds.txt $(OUT)/priors.txt
	{ echo "normal   model anomaly    type I   type II   AUROC  missed at 1 %"; cat $(rows); \
	echo; echo "seconds to train:"; (cd $(OUT) && grep . *.seconds | tr : ' '); \
	echo; echo "   K     VLB_K   spread"; cat $(OUT)/bounds.txt; \
	echo; echo "seed prior     held-out VLB_1"; cat $(OUT)/priors.txt; } > $@.part
	mv $@.part $@

# ---- pictures ----

$(OUT)/reconstructions.png: $(OUT)/mnist-vae.safetensors
	idx2raw -r 0:20 "$(call images,mnist,t10k)" > $(OUT)/twenty.f32
	{ cat $(OUT)/twenty.f32; nicevae -t f32 -z -m $< $(OUT)/twenty.f32 | nicevae -x -m $<; } | raw2png -d 28x28 -c 20 > $@.part
	mv $@.part $@

$(OUT)/samples.png: $(OUT)/mnist-vae.safetensors
	nicevae -m $< -n 100 -S 1 --means | raw2png -d 28x28 -c 20 > $@.part
	mv $@.part $@

# A walk through the plane of latents of two numbers, from -2 to 2.
$(OUT)/plane.safetensors: $(OUT)/mnist.u8 $(OUT)/set.VAE
	$(vae) 5 --latent 2 --prior standard -o $@ $<

$(OUT)/plane.png: $(OUT)/plane.safetensors
	awk 'BEGIN { for (y = -10; y <= 10; y++) for (x = -10; x <= 10; x++) print x / 5 "," y / 5 }' | \
	    csv2raw --no-header -w $(OUT)/plane.schema | nicevae -m $< -x | raw2png -d 28x28 -c 21 -n 441 > $@.part
	mv $@.part $@
