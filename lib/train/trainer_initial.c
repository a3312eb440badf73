/* A training that starts from a model. */
#include "train/trainer.h"

#include "train/scaling.h"

#include <string.h>

/* What the model is, in notes, must be what this training makes; a model without such a note is
 * what it is by default, which is told by its tensors. */
static void compare_notes(const struct tensors *ours, const struct tensors *from, struct error *e)
{
	for (size_t i = 0; i < ours->nnotes; i++) {
		const char *note = tensors_find_note(from, ours->notes[i].key);
		if (note && strcmp(note, ours->notes[i].value) != 0)
			error_add(e, STATUS_MISMATCH, "%s is %.40s in the model, %s now",
			          ours->notes[i].key, note, ours->notes[i].value);
	}
}

static void compare_tensors(const struct tensors *ours, const struct tensors *from, struct error *e)
{
	for (size_t i = 0; i < ours->nitems; i++) {
		const struct tensor *t = &ours->items[i];
		tensors_expect(from, t->name, t->rank, t->shape[0], t->rank > 1 ? t->shape[1] : 0,
		               e);
	}
}

/* Whether a model may have such a tensor beside those of its parameters. */
static bool is_of_records(const struct trainer *t, const char *name)
{
	const char *baseline = t->options.kind->baseline;
	return strncmp(name, "records.", 8) == 0 || (baseline && strcmp(name, baseline) == 0);
}

static void refuse_others(const struct trainer *t, const struct tensors *ours,
                          const struct tensors *from, struct error *e)
{
	for (size_t i = 0; i < from->nitems; i++) {
		const char *name = from->items[i].name;
		if (!tensors_find(ours, name) && !is_of_records(t, name))
			error_add(e, STATUS_MISMATCH, "%.60s is unexpected", name);
	}
}

static enum status compare(const struct trainer *t, const struct tensors *from, struct error *e)
{
	struct tensors ours = {0};
	if (t->options.kind->to_model(t->learner, t->block, &ours, e) == STATUS_OK) {
		compare_notes(&ours, from, e);
		compare_tensors(&ours, from, e);
		refuse_others(t, &ours, from, e);
		if (e->status != STATUS_OK)
			error_prefix(e, "not a model of the shape that this training has: ");
	}
	tensors_release(&ours);
	return e->status;
}

enum status trainer_take_model(struct trainer *t, const struct tensors *from, struct error *e)
{
	if (compare(t, from, e) != STATUS_OK ||
	    scaling_from_model(&t->scaling, from, e) != STATUS_OK ||
	    t->options.kind->from_tensors(t->learner, from, "", t->block, e) != STATUS_OK)
		return e->status;
	if (t->adam.average)
		memcpy(t->adam.average, t->block, t->nparameters * sizeof(float));
	t->initial = true;
	t->initial_digest = tensors_checksum(from);
	return STATUS_OK;
}
