/* What must hold of tensors, from whatever file they were read. */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include "base/bytes.h"
#include "base/checked.h"
#include "density/nice_names.h"
#include "fuzz.h"
#include "model/safetensors.h"
#include "vae/vae_names.h"

#include <string.h>

/* Conversions read every element; all types but F64 are exact as float. */
static inline void check_values(const struct tensor *t)
{
	float *floats = malloc(t->nelements * sizeof(float) + 1);
	double *doubles = malloc(t->nelements * sizeof(double) + 1);
	must(floats && doubles);
	tensor_to_double(t, 0, t->nelements, doubles);
	tensor_to_float(t, 0, t->nelements, floats);
	for (size_t i = 0; i < t->nelements; i++) {
		float expected = (float)doubles[i];
		must(memcmp(&floats[i], &expected, sizeof(expected)) == 0 ||
		     floats[i] != floats[i]);
	}
	free(floats);
	free(doubles);
}

/* Its shape makes its elements, which lie within the size bytes at blob. */
static inline void check_tensor(const struct tensor *t, const void *blob, size_t size)
{
	uint64_t n = 1;
	must(t->rank <= TENSOR_MAX_RANK);
	for (unsigned i = 0; i < t->rank; i++)
		must(checked_mul(n, t->shape[i], &n) || t->nelements == 0);
	must(n == t->nelements || t->nelements == 0);
	size_t begin = (size_t)(t->data - (const unsigned char *)blob);
	must(begin <= size && t->nelements <= (size - begin) / tensor_type_bytes(t->type));
	check_values(t);
}

/* What a model needs fits together. */
static inline void check_statedict(const struct tensors *t)
{
	struct nice_names s = {0};
	struct error e = {0};
	nice_names_read(&s, t, &e);
	fuzz_check_error(&e);
	for (size_t i = 0; i < s.ncouplings * s.nlayers; i++) {
		const struct nice_names_layer *l = &s.layers[i];
		must(l->in == (i % s.nlayers == 0 ? s.d / 2 : l[-1].out));
		must(l->weight->nelements == l->in * l->out && l->bias->nelements == l->out);
		must((i + 1) % s.nlayers != 0 || l->out == s.d / 2);
	}
	must(s.d % 2 == 0 && (!s.scale || s.scale->nelements == s.d));
	nice_names_release(&s);
}

/* And what a VAE needs. */
static inline void check_vae(const struct tensors *t)
{
	struct vae_names s = {0};
	struct error e = {0};
	vae_names_read(&s, t, &e);
	fuzz_check_error(&e);
	for (int n = 0; n < VAE_NETWORKS; n++) {
		size_t width = n == VAE_ENCODER ? s.d : s.latent;
		for (size_t i = 0; i < s.nlayers[n]; i++) {
			const struct vae_names_layer *l = &s.layers[n][i];
			must(l->in == width && l->weight->nelements == l->in * l->out &&
			     l->bias->nelements == l->out);
			width = l->out;
		}
		must(width == (n == VAE_ENCODER ? 2 * s.latent : s.d));
	}
	must(e.status != STATUS_OK || (s.log_sigma->nelements == 1 && s.latent > 0 &&
	                               s.prior_log_variance->nelements == s.latent));
	must(!s.mean || (s.mean->nelements == s.d && s.stdev->nelements == s.d));
	vae_names_release(&s);
}

static inline void check_tensors(const struct tensors *t, const void *blob, size_t size)
{
	for (size_t i = 0; i < t->nitems; i++) {
		check_tensor(&t->items[i], blob, size);
		must(tensors_find(t, t->items[i].name) == &t->items[i]);
	}
	for (size_t i = 0; i < t->nnotes; i++)
		must(tensors_find_note(t, t->notes[i].key) == t->notes[i].value);
	check_statedict(t);
	check_vae(t);
}

static inline bool same_tensor(const struct tensor *t, const struct tensor *u)
{
	return strcmp(t->name, u->name) == 0 && t->type == u->type && t->rank == u->rank &&
	       t->nelements == u->nelements &&
	       memcmp(t->shape, u->shape, t->rank * sizeof(*t->shape)) == 0 &&
	       memcmp(t->data, u->data, t->nelements * tensor_type_bytes(t->type)) == 0;
}

static inline bool same_tensors(const struct tensors *t, const struct tensors *u)
{
	bool same = t->nitems == u->nitems && t->nnotes == u->nnotes;
	for (size_t i = 0; same && i < t->nitems; i++)
		same = same_tensor(&t->items[i], &u->items[i]);
	for (size_t i = 0; same && i < t->nnotes; i++)
		same = strcmp(t->notes[i].key, u->notes[i].key) == 0 &&
		       strcmp(t->notes[i].value, u->notes[i].value) == 0;
	return same;
}

/* As safetensors; false, with the error, if it is refused. */
static inline bool write_tensors(const struct tensors *t, struct bytes *file, struct error *e)
{
	bytes_begin(file);
	safetensors_write(t, file->f, e);
	bytes_end(file);
	fuzz_check_error(e);
	must(e->status == STATUS_OK || file->size == 0);
	return e->status == STATUS_OK;
}

/* Written and read they are the same, and written again the same bytes. A state dict of PyTorch's
 * may have names that cannot be written. */
static inline void write_again(const struct tensors *t, bool may_refuse)
{
	struct bytes file, again;
	struct error e = {0};
	struct tensors back = {0};
	if (!write_tensors(t, &file, &e)) {
		must(may_refuse &&
		     (e.status == STATUS_MALFORMED || e.status == STATUS_UNSUPPORTED));
		bytes_release(&file);
		return;
	}
	must(safetensors_parse((unsigned char *)file.data, file.size, &back, &e) == STATUS_OK);
	must(same_tensors(t, &back));
	must(write_tensors(&back, &again, &e) && bytes_same(&file, again.data, again.size));
	tensors_release(&back);
	bytes_release(&again);
	bytes_release(&file);
}

/* Bytes of the JSON object that begins at data, or 0 if it does not end. */
static inline size_t object_bytes(const uint8_t *data, size_t size)
{
	bool quoted = false;
	size_t depth = 0;
	for (size_t i = 0; i < size; i++) {
		if (quoted && data[i] == '\\')
			i++;
		else if (data[i] == '"')
			quoted = !quoted;
		else if (!quoted && data[i] == '{')
			depth++;
		else if (!quoted && data[i] == '}' && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* The length in front of a header that a mutation made longer or shorter; and no checksum. */
static inline void repair_safetensors(uint8_t *data, size_t size)
{
	static const char checksum[] = "\"crc32\"";
	size_t n = size > 8 && data[8] == '{' ? object_bytes(data + 8, size - 8) : 0;
	if (n > 0)
		bytes_put_le64(data, n);
	for (size_t i = 8; i + sizeof(checksum) <= n; i++) {
		if (memcmp(data + i, checksum, sizeof(checksum) - 1) == 0)
			data[i + 1] = 'C';
	}
}

#endif
