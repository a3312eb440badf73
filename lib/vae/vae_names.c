/* Names and shapes of the tensors of a VAE. */
#include "vae/vae_names.h"

#include "density/nice_names.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const networks[VAE_NETWORKS] = {"encoder", "decoder"};

void vae_names_layer_name(char name[VAE_NAME], enum vae_network network, size_t layer,
                          const char *parameter)
{
	snprintf(name, VAE_NAME, "%s.%zu.%s", networks[network], layer, parameter);
}

/* The index of the layer that the name is of, or limit if it is of none below. */
static size_t layer_of(const char *name, enum vae_network network, size_t limit)
{
	size_t length = strlen(networks[network]), layer = 0;
	if (strncmp(name, networks[network], length) != 0 || name[length] != '.' ||
	    name[length + 1] < '0' || name[length + 1] > '9')
		return limit;
	for (const char *p = name + length + 1; *p >= '0' && *p <= '9' && layer < limit; p++)
		layer = 10 * layer + (size_t)(*p - '0');
	return layer < limit ? layer : limit;
}

/* The largest index tells; one beyond the number of tensors is treated as unexpected. */
static size_t count_layers(const struct tensors *t, enum vae_network network)
{
	size_t n = 0;
	for (size_t i = 0; i < t->nitems; i++) {
		size_t layer = layer_of(t->items[i].name, network, t->nitems);
		if (layer < t->nitems && layer >= n)
			n = layer + 1;
	}
	return n;
}

/* Reads one layer: its width is the number of rows of its weight, which in the last layer must be
 * `last`, unless that is 0. */
static void read_layer(struct vae_names *s, enum vae_network network, size_t layer, size_t first,
                       size_t last, struct error *e)
{
	struct vae_names_layer *l = &s->layers[network][layer];
	char name[VAE_NAME];
	uint64_t in = layer == 0 ? first : l[-1].out;
	uint64_t out = layer + 1 == s->nlayers[network] ? last : 0;
	vae_names_layer_name(name, network, layer, "weight");
	l->weight = tensors_expect(s->tensors, name, 2, out, in, e);
	if (l->weight) {
		in = l->weight->shape[1];
		out = l->weight->shape[0];
	}
	vae_names_layer_name(name, network, layer, "bias");
	l->bias = tensors_expect(s->tensors, name, 1, out, 0, e);
	l->in = (size_t)in;
	l->out = (size_t)out;
}

static enum status read_network(struct vae_names *s, enum vae_network network, size_t first,
                                size_t last, struct error *e)
{
	size_t n = s->nlayers[network];
	s->layers[network] = calloc(n, sizeof(*s->layers[network]));
	if (!s->layers[network])
		return error_memory(e);
	for (size_t i = 0; i < n; i++)
		read_layer(s, network, i, first, last, e);
	return e->status;
}

static void read_vectors(struct vae_names *s, const struct tensors *t, struct error *e)
{
	s->prior_log_variance = tensors_expect(t, VAE_NAMES_PRIOR_LOG_VARIANCE, 1, s->latent, 0, e);
	s->log_sigma = tensors_expect(t, VAE_NAMES_LOG_SIGMA, 1, 1, 0, e);
	if (!tensors_find(t, NICE_NAMES_MEAN) && !tensors_find(t, NICE_NAMES_STDEV))
		return;
	s->mean = tensors_expect(t, NICE_NAMES_MEAN, 1, s->d, 0, e);
	s->stdev = tensors_expect(t, NICE_NAMES_STDEV, 1, s->d, 0, e);
}

/* The size of the latent is that of the prior, D is what the decoder gives. */
static enum status read_parts(struct vae_names *s, const struct tensors *t, struct error *e)
{
	s->prior_mean = tensors_expect(t, VAE_NAMES_PRIOR_MEAN, 1, 0, 0, e);
	if (s->prior_mean)
		s->latent = s->prior_mean->nelements;
	if (read_network(s, VAE_DECODER, s->latent, 0, e) == STATUS_MEMORY)
		return e->status;
	s->d = s->layers[VAE_DECODER][s->nlayers[VAE_DECODER] - 1].out;
	if (read_network(s, VAE_ENCODER, s->d, 2 * s->latent, e) == STATUS_MEMORY)
		return e->status;
	read_vectors(s, t, e);
	return e->status;
}

static bool is_parameter(const struct vae_names *s, enum vae_network network, const char *name)
{
	char expected[2][VAE_NAME];
	size_t layer = layer_of(name, network, s->nlayers[network]);
	vae_names_layer_name(expected[0], network, layer, "weight");
	vae_names_layer_name(expected[1], network, layer, "bias");
	return layer < s->nlayers[network] &&
	       (strcmp(name, expected[0]) == 0 || strcmp(name, expected[1]) == 0);
}

static bool is_known(const struct vae_names *s, const char *name)
{
	static const char *const vectors[] = {VAE_NAMES_LOG_SIGMA, VAE_NAMES_PRIOR_MEAN,
	                                      VAE_NAMES_PRIOR_LOG_VARIANCE, NICE_NAMES_MEAN,
	                                      NICE_NAMES_STDEV};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		if (strcmp(name, vectors[i]) == 0)
			return true;
	}
	return is_parameter(s, VAE_ENCODER, name) || is_parameter(s, VAE_DECODER, name);
}

static void find_unexpected(const struct vae_names *s, struct error *e)
{
	for (size_t i = 0; i < s->tensors->nitems; i++) {
		if (!is_known(s, s->tensors->items[i].name))
			error_add(e, STATUS_MISMATCH, "%.60s is unexpected",
			          s->tensors->items[i].name);
	}
}

enum status vae_names_read(struct vae_names *s, const struct tensors *t, struct error *e)
{
	struct vae_names made = {.tensors = t};
	const char *kind = tensors_find_note(t, "kind");
	if (!kind || strcmp(kind, "vae") != 0)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "not a VAE: the kind of this model is '%.40s'%s",
		                 kind ? kind : "nice",
		                 !kind || strcmp(kind, "nice") == 0 ? "; niceflow reads it" : "");
	size_t *n = made.nlayers;
	n[VAE_ENCODER] = count_layers(t, VAE_ENCODER);
	n[VAE_DECODER] = count_layers(t, VAE_DECODER);
	if (n[VAE_ENCODER] == 0 || n[VAE_DECODER] == 0)
		return error_set(e, STATUS_MISMATCH, "%s.0.weight is missing",
		                 networks[n[VAE_ENCODER] == 0 ? VAE_ENCODER : VAE_DECODER]);
	if (read_parts(&made, t, e) != STATUS_MEMORY)
		find_unexpected(&made, e);
	if (e->status == STATUS_OK)
		*s = made;
	else
		vae_names_release(&made);
	return e->status;
}

void vae_names_release(struct vae_names *s)
{
	for (int i = 0; i < VAE_NETWORKS; i++)
		free(s->layers[i]);
	*s = (struct vae_names){0};
}
