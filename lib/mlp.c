/* Knows that a network is its layers one after the other. */
#include "mlp.h"

#include <stdbool.h>
#include <stdlib.h>

enum status mlp_init(struct mlp *m, const struct matmul *matmul, size_t nlayers, struct error *e)
{
	m->layers = calloc(nlayers, sizeof(struct linear *));
	if (!m->layers)
		return error_memory(e);
	m->matmul = matmul;
	m->nlayers = nlayers;
	return STATUS_OK;
}

void mlp_release(struct mlp *m)
{
	for (size_t i = 0; i < m->nlayers; i++)
		m->matmul->free(m->layers[i]);
	free(m->layers);
	*m = (struct mlp){0};
}

enum status mlp_set_layer(struct mlp *m, size_t layer, size_t in, size_t out, const float *weight,
                          const float *bias, struct error *e)
{
	bool relu = layer + 1 < m->nlayers;
	return m->matmul->create(in, out, relu, weight, bias, &m->layers[layer], e);
}

enum status mlp_forward(const struct mlp *m, size_t rows, const float *x, float *work[2], float *y,
                        struct error *e)
{
	const float *from = x;
	for (size_t i = 0; i < m->nlayers; i++) {
		float *to = i + 1 < m->nlayers ? work[i % 2] : y;
		if (m->matmul->forward(m->layers[i], rows, from, to, e) != STATUS_OK)
			break;
		from = to;
	}
	return e->status;
}
