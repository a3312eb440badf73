/* A stack of linear layers, for inference. */
#include "nn/mlp.h"

#include <stdbool.h>
#include <stdlib.h>

enum status mlp_init(struct mlp *m, const struct linear_backend *backend, enum precision precision,
                     size_t nlayers, struct error *e)
{
	m->layers = calloc(nlayers, sizeof(struct linear *));
	if (!m->layers)
		return error_memory(e);
	m->backend = backend;
	m->precision = precision;
	m->nlayers = nlayers;
	return STATUS_OK;
}

void mlp_release(struct mlp *m)
{
	for (size_t i = 0; i < m->nlayers; i++)
		m->backend->free(m->layers[i]);
	free(m->layers);
	*m = (struct mlp){0};
}

enum status mlp_set_layer(struct mlp *m, size_t layer, size_t in, size_t out, const float *weight,
                          const float *bias, struct error *e)
{
	bool last = layer + 1 == m->nlayers;
	struct linear_spec spec = {in, out, m->precision, .relu = !last, .float_out = last};
	return m->backend->create(&spec, weight, bias, &m->layers[layer], e);
}

enum status mlp_forward(const struct mlp *m, size_t rows, const void *x, void *work[2], float *y,
                        struct error *e)
{
	const void *from = x;
	for (size_t i = 0; i < m->nlayers; i++) {
		void *to = i + 1 < m->nlayers ? work[i % 2] : y;
		if (m->backend->forward(m->layers[i], rows, from, to, e) != STATUS_OK)
			break;
		from = to;
	}
	return e->status;
}
