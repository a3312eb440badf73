/* Knows the names and shapes of a NICE model's tensors. Does not know files or products. */
#include "statedict.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void statedict_name(char name[STATEDICT_NAME], size_t coupling, size_t layer, size_t nlayers,
                    const char *parameter)
{
	if (layer == 0)
		snprintf(name, STATEDICT_NAME, "coupling.%zu.in_block.0.%s", coupling, parameter);
	else if (layer + 1 < nlayers)
		snprintf(name, STATEDICT_NAME, "coupling.%zu.mid_block.%zu.0.%s", coupling,
		         layer - 1, parameter);
	else
		snprintf(name, STATEDICT_NAME, "coupling.%zu.out_block.%s", coupling, parameter);
}

/* The number behind prefix in name, and what follows it; false if there is none below limit. */
static bool index_behind(const char *name, const char *prefix, size_t limit, size_t *index,
                         const char **rest)
{
	size_t length = strlen(prefix), value = 0;
	if (strncmp(name, prefix, length) != 0 || name[length] < '0' || name[length] > '9')
		return false;
	const char *p = name + length;
	for (; *p >= '0' && *p <= '9' && value < limit; p++)
		value = 10 * value + (size_t)(*p - '0');
	*index = value;
	*rest = p;
	return value < limit;
}

/* The largest indices that the names use say how many couplings and layers there are; an index
 * beyond the number of tensors counts as unexpected. */
static void count_parts(struct statedict *s, const struct tensors *t)
{
	s->ncouplings = 0;
	s->nlayers = 2;
	for (size_t i = 0; i < t->nitems; i++) {
		size_t coupling, mid;
		const char *rest;
		if (!index_behind(t->items[i].name, "coupling.", t->nitems, &coupling, &rest))
			continue;
		if (coupling >= s->ncouplings)
			s->ncouplings = coupling + 1;
		if (index_behind(rest, ".mid_block.", t->nitems, &mid, &rest) &&
		    mid + 3 > s->nlayers)
			s->nlayers = mid + 3;
	}
}

static void describe(const struct tensor *t, char text[100])
{
	size_t used = 0;
	for (unsigned i = 0; i < t->rank && used < 80; i++)
		used += (size_t)snprintf(text + used, 100 - used, "%s%" PRIu64, i ? " x " : "",
		                         t->shape[i]);
	if (t->rank == 0)
		strcpy(text, "a scalar");
}

/* The tensor, if it is there and of that shape; 0 in the shape is any size > 0. */
static const struct tensor *expect(const struct tensors *t, const char *name, unsigned rank,
                                   uint64_t rows, uint64_t columns, struct error *e)
{
	const struct tensor *found = tensors_find(t, name);
	char is[100];
	if (!found) {
		error_add(e, STATUS_MISMATCH, "%s is missing", name);
		return NULL;
	}
	describe(found, is);
	bool fits = found->rank == rank && found->nelements > 0 &&
	            (rows == 0 || found->shape[0] == rows) &&
	            (rank < 2 || columns == 0 || found->shape[1] == columns);
	if (fits)
		return found;
	char rows_text[24] = "any", columns_text[24] = "any";
	if (rows)
		snprintf(rows_text, sizeof(rows_text), "%" PRIu64, rows);
	if (columns)
		snprintf(columns_text, sizeof(columns_text), "%" PRIu64, columns);
	if (rank == 1)
		error_add(e, STATUS_MISMATCH, "%s is %s, not %s", name, is, rows_text);
	else
		error_add(e, STATUS_MISMATCH, "%s is %s, not %s x %s", name, is, rows_text,
		          columns_text);
	return NULL;
}

/* One layer: its weight's rows are its width, but for the last, which gives D/2. */
static void read_layer(struct statedict *s, const struct tensors *t, size_t coupling, size_t layer,
                       struct error *e)
{
	struct statedict_layer *l = &s->layers[coupling * s->nlayers + layer];
	char name[STATEDICT_NAME];
	uint64_t in = layer == 0 ? s->d / 2 : l[-1].out; /* 0 if that layer is not there */
	uint64_t out = layer + 1 == s->nlayers ? s->d / 2 : 0;
	statedict_name(name, coupling, layer, s->nlayers, "weight");
	l->weight = expect(t, name, 2, out, in, e);
	if (l->weight)
		out = l->weight->shape[0];
	statedict_name(name, coupling, layer, s->nlayers, "bias");
	l->bias = expect(t, name, 1, out, 0, e);
	l->in = (size_t)in;
	l->out = (size_t)out;
}

static bool is_known(const struct statedict *s, const char *name)
{
	char expected[STATEDICT_NAME];
	static const char *const parameters[] = {"weight", "bias"};
	size_t coupling, mid, layer;
	const char *rest;
	if (strcmp(name, "scaling.scale") == 0)
		return true;
	if (!index_behind(name, "coupling.", s->ncouplings, &coupling, &rest))
		return false;
	if (strncmp(rest, ".in_block", 9) == 0)
		layer = 0;
	else if (index_behind(rest, ".mid_block.", s->nlayers - 2, &mid, &rest))
		layer = mid + 1;
	else
		layer = s->nlayers - 1;
	for (int p = 0; p < 2; p++) {
		statedict_name(expected, coupling, layer, s->nlayers, parameters[p]);
		if (strcmp(name, expected) == 0)
			return true;
	}
	return false;
}

static void read_mask_config(struct statedict *s, const struct tensors *t, struct error *e)
{
	const char *note = tensors_find_note(t, "mask_config");
	s->mask_config = 1;
	if (!note)
		return;
	if (strcmp(note, "0") == 0 || strcmp(note, "1") == 0)
		s->mask_config = *note - '0';
	else
		error_add(e, STATUS_MALFORMED, "mask_config is '%.20s', not 0 or 1", note);
}

static void read_scale(struct statedict *s, const struct tensors *t, struct error *e)
{
	s->scale = expect(t, "scaling.scale", 2, 1, 0, e);
	if (!s->scale)
		return;
	if (s->scale->shape[1] % 2 != 0)
		error_add(e, STATUS_MISMATCH, "scaling.scale has %" PRIu64 " elements, an odd number",
		          s->scale->shape[1]);
	s->d = (size_t)s->scale->shape[1];
}

enum status statedict_read(struct statedict *s, const struct tensors *t, struct error *e)
{
	struct statedict made = {.tensors = t};
	count_parts(&made, t);
	/* A hostile index must not make us expect more than a few tensors for each one there. */
	if (made.ncouplings == 0 || made.ncouplings > 2 * t->nitems / made.nlayers)
		return error_set(e, STATUS_MISMATCH,
		                 "not a NICE model: no tensors coupling.I.in_block.0.weight and so on");
	read_scale(&made, t, e);
	read_mask_config(&made, t, e);
	made.layers = calloc(made.ncouplings * made.nlayers, sizeof(*made.layers));
	if (!made.layers)
		return error_memory(e);
	for (size_t i = 0; i < made.ncouplings * made.nlayers; i++)
		read_layer(&made, t, i / made.nlayers, i % made.nlayers, e);
	for (size_t i = 0; i < t->nitems; i++) {
		if (!is_known(&made, t->items[i].name))
			error_add(e, STATUS_MISMATCH, "%.60s is unexpected", t->items[i].name);
	}
	if (e->status == STATUS_OK)
		*s = made;
	else
		free(made.layers);
	return e->status;
}

void statedict_release(struct statedict *s)
{
	free(s->layers);
	*s = (struct statedict){0};
}
