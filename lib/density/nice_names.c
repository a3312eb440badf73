/* Names and shapes of the tensors of a NICE model. */
#include "density/nice_names.h"

#include "density/halves.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void nice_names_name(char name[NICE_NAME], size_t coupling, size_t layer, size_t nlayers,
                     const char *parameter)
{
	if (layer == 0)
		snprintf(name, NICE_NAME, "coupling.%zu.in_block.0.%s", coupling, parameter);
	else if (layer + 1 < nlayers)
		snprintf(name, NICE_NAME, "coupling.%zu.mid_block.%zu.0.%s", coupling, layer - 1,
		         parameter);
	else
		snprintf(name, NICE_NAME, "coupling.%zu.out_block.%s", coupling, parameter);
}

/* Parses the index after prefix in name; *rest is what follows it. False if there is no index below
 * limit. */
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

/* The largest indices in the names determine the numbers of couplings and layers; an index beyond
 * the number of tensors is treated as unexpected. */
static void count_parts(struct nice_names *s, const struct tensors *t)
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

/* Reads one layer: its width is the number of rows of its weight, or the size of the moved half in
 * the last layer. */
static void read_layer(struct nice_names *s, const struct tensors *t, size_t coupling, size_t layer,
                       struct error *e)
{
	struct nice_names_layer *l = &s->layers[coupling * s->nlayers + layer];
	char name[NICE_NAME];
	size_t on = halves_moved(s->mask_config, coupling);
	uint64_t in =
	    layer == 0 ? halves_size(s->d, 1 - on) : l[-1].out; /* 0 if that layer is missing */
	uint64_t out = layer + 1 == s->nlayers ? halves_size(s->d, on) : 0;
	nice_names_name(name, coupling, layer, s->nlayers, "weight");
	l->weight = tensors_expect(t, name, 2, out, in, e);
	if (l->weight)
		out = l->weight->shape[0];
	nice_names_name(name, coupling, layer, s->nlayers, "bias");
	l->bias = tensors_expect(t, name, 1, out, 0, e);
	l->in = (size_t)in;
	l->out = (size_t)out;
}

static bool is_known(const struct nice_names *s, const char *name)
{
	char expected[NICE_NAME];
	static const char *const parameters[] = {"weight", "bias"};
	size_t coupling, mid, layer;
	const char *rest;
	if (strcmp(name, "scaling.scale") == 0 || strcmp(name, NICE_NAMES_BASELINE) == 0 ||
	    strcmp(name, NICE_NAMES_MEAN) == 0 || strcmp(name, NICE_NAMES_STDEV) == 0)
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
		nice_names_name(expected, coupling, layer, s->nlayers, parameters[p]);
		if (strcmp(name, expected) == 0)
			return true;
	}
	return false;
}

static void read_mask_config(struct nice_names *s, const struct tensors *t, struct error *e)
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

static void read_scale(struct nice_names *s, const struct tensors *t, struct error *e)
{
	s->scale = tensors_expect(t, "scaling.scale", 2, 1, 0, e);
	if (!s->scale)
		return;
	if (s->scale->shape[1] < 2)
		error_add(e, STATUS_MISMATCH, "scaling.scale has 1 element: a flow has at least 2");
	s->d = (size_t)s->scale->shape[1];
}

static void read_records(struct nice_names *s, const struct tensors *t, struct error *e)
{
	if (!tensors_find(t, NICE_NAMES_MEAN) && !tensors_find(t, NICE_NAMES_STDEV))
		return;
	s->mean = tensors_expect(t, NICE_NAMES_MEAN, 1, s->d, 0, e);
	s->stdev = tensors_expect(t, NICE_NAMES_STDEV, 1, s->d, 0, e);
}

/* Says what was expected, and the first names that are there. */
static enum status no_model(const struct tensors *t, struct error *e)
{
	enum { SHOWN = 4, ROOM = SHOWN * 64 + 32 };
	char names[ROOM] = "no tensors";
	size_t used = 0;
	for (size_t i = 0; i < t->nitems && i < SHOWN; i++)
		used += (size_t)snprintf(names + used, ROOM - used, "%s%.60s", i ? ", " : "",
		                         t->items[i].name);
	if (t->nitems > SHOWN)
		snprintf(names + used, ROOM - used, " and %zu more", t->nitems - SHOWN);
	return error_set(
	    e, STATUS_MISMATCH,
	    "not a NICE model: expected coupling.0.in_block.0.weight and so on, found %s", names);
}

enum status nice_names_read(struct nice_names *s, const struct tensors *t, struct error *e)
{
	struct nice_names made = {.tensors = t};
	count_parts(&made, t);
	/* A hostile index must not make us expect many more tensors than the file has. */
	if (made.ncouplings == 0 || made.ncouplings > 2 * t->nitems / made.nlayers)
		return no_model(t, e);
	read_scale(&made, t, e);
	read_records(&made, t, e);
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

void nice_names_release(struct nice_names *s)
{
	free(s->layers);
	*s = (struct nice_names){0};
}
