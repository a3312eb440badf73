/*
 * gradients: what the estimators of a VAE's gradient differ in (vae/vae_gradient.h).
 *
 *     gradients MODEL RECORDS [PASSES]     a VAE of nicetrain, and raw records of the type it notes
 *
 * All records are one batch, of which each estimator computes the gradient of the bound PASSES
 * times (1000), with other draws. The reference is the mean of ten times as many pathwise ones. For
 * each estimator and part of the model one line: the variance of the gradient, summed over the
 * parameters; its ratio to the pathwise one; and how far the mean is from the reference, in
 * standard errors of their difference: the root mean square over the parameters, which is about 1
 * for means that agree, and the greatest. The pathwise gradient of the prior has no variance: its
 * KL is in closed form.
 */
#include "base/decimal.h"
#include "io/input.h"
#include "model/model_file.h"
#include "train/dataset.h"
#include "vae/vae_gradient.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct problem {
	struct vae_parameters parameters;
	struct dataset records;
	uint32_t *indices;
	float *block, *dblock, *x;
	double *values;
};

/* Means and variances of n gradients, by parameter. */
struct moments {
	size_t n;
	double *mean, *variance;
};

static void moments_release(struct moments *m)
{
	free(m->mean);
	free(m->variance);
}

static enum status read_model(struct problem *p, const char *path, enum element *type,
                              struct error *e)
{
	struct tensors t = {0};
	struct vae_names names = {0};
	int fd = -1;
	*type = ELEMENT_F32;
	if (input_open(path, &fd, e) == STATUS_OK &&
	    model_file_read(fd, WHOLE_FILE_MAP, &t, e) == STATUS_OK &&
	    vae_names_read(&names, &t, e) == STATUS_OK) {
		struct vae_shape shape = {.d = names.d,
		                          .latent = names.latent,
		                          .mid = names.layers[VAE_ENCODER][0].out,
		                          .hidden = names.nlayers[VAE_ENCODER] - 1};
		const char *noted = tensors_find_note(&t, "type");
		if (noted)
			element_parse_raw(noted, type);
		if (vae_parameters_init(&p->parameters, &shape, e) == STATUS_OK &&
		    !(p->block = calloc(p->parameters.n, sizeof(float))))
			error_memory(e);
		if (e->status == STATUS_OK)
			vae_parameters_from_tensors(&p->parameters, &t, "", p->block, e);
	}
	vae_names_release(&names);
	tensors_release(&t);
	if (fd > 0)
		close(fd);
	return e->status;
}

static enum status read_records(struct problem *p, const char *path, enum element type,
                                struct error *e)
{
	const struct noise none = {0};
	const struct scaling as_they_come = {0};
	size_t d = p->parameters.shape.d;
	int fd = -1;
	dataset_init(&p->records, type, d);
	if (input_open(path, &fd, e) != STATUS_OK ||
	    dataset_add(&p->records, fd, false, e) != STATUS_OK)
		return e->status;
	size_t n = p->records.nrecords;
	if (n == 0)
		return error_set(e, STATUS_TRUNCATED, "no records");
	p->indices = calloc(n + 1, sizeof(uint32_t));
	p->x = calloc(n + 1, d * sizeof(float));
	p->values = calloc(n + 1, sizeof(double));
	p->dblock = calloc(p->parameters.n, sizeof(float));
	if (!p->indices || !p->x || !p->values || !p->dblock)
		return error_memory(e);
	for (size_t i = 0; i < n; i++)
		p->indices[i] = (uint32_t)i;
	dataset_records(&p->records, p->indices, n, &none, &as_they_come, p->x);
	if (fd > 0)
		close(fd);
	return e->status;
}

/* n gradients of the estimator; seed: of their draws. */
static enum status estimate(struct problem *p, enum vae_estimator estimator, size_t n,
                            uint64_t seed, struct moments *m, struct error *e)
{
	struct vae_gradient g = {0};
	size_t nparameters = p->parameters.n;
	*m = (struct moments){n, calloc(nparameters, sizeof(double)),
	                      calloc(nparameters, sizeof(double))};
	p->parameters.shape.estimator = estimator;
	if (!m->mean || !m->variance)
		return error_memory(e);
	vae_gradient_init(&g, &p->parameters, p->records.nrecords, PRECISION_F32, e);
	for (size_t i = 0; i < n && e->status == STATUS_OK; i++) {
		vae_gradient_compute(&g, p->block, p->x, p->indices, seed, i, p->values, p->dblock,
		                     false, e);
		for (size_t j = 0; j < nparameters; j++) {
			double from_mean = (double)p->dblock[j] - m->mean[j];
			m->mean[j] += from_mean / (double)(i + 1);
			m->variance[j] +=
			    from_mean * ((double)p->dblock[j] - m->mean[j]) / (double)(n - 1);
		}
	}
	vae_gradient_release(&g);
	return e->status;
}

/* A line for the parameters begin .. end-1. A parameter whose gradient is the same whatever is
 * drawn has no standard error. */
static void print(const char *part, enum vae_estimator estimator, size_t begin, size_t end,
                  const struct moments *m, const struct moments *reference)
{
	double variance = 0, base = 0, squares = 0, greatest = 0;
	size_t n = 0;
	for (size_t j = begin; j < end; j++) {
		double error = sqrt(m->variance[j] / (double)m->n +
		                    reference->variance[j] / (double)reference->n);
		double far = fabs(m->mean[j] - reference->mean[j]) / error;
		variance += m->variance[j];
		base += reference->variance[j];
		if (error > 1e-9 * fabs(reference->mean[j]) + 1e-12) {
			squares += far * far;
			greatest = fmax(greatest, far);
			n++;
		}
	}
	printf("%-8s %-15s %10.3g ", part, vae_estimator_name(estimator), variance);
	if (base > 0)
		printf("%9.3g ", variance / base);
	else
		printf("%9s ", "-");
	printf("%6.2f %6.2f\n", n > 0 ? sqrt(squares / (double)n) : 0, greatest);
}

static void report(const struct vae_parameters *p, const struct moments *m,
                   const struct moments *reference)
{
	size_t decoder = p->layers[VAE_DECODER][0].weight;
	puts("part     estimator         variance     ratio    rms    max");
	for (int i = VAE_PATHWISE; i <= VAE_SCORE_BASELINE; i++)
		print("encoder", (enum vae_estimator)i, 0, decoder, &m[i], reference);
	for (int i = VAE_PATHWISE; i <= VAE_SCORE; i++)
		print("decoder", (enum vae_estimator)i, decoder, p->prior_mean, &m[i], reference);
	for (int i = VAE_PATHWISE; i <= VAE_SCORE; i++)
		print("prior", (enum vae_estimator)i, p->prior_mean, p->n, &m[i], reference);
}

static enum status compare(struct problem *p, size_t passes, struct error *e)
{
	struct moments reference = {0}, m[3] = {{0}};
	estimate(p, VAE_PATHWISE, 10 * passes, 0, &reference, e);
	for (int i = VAE_PATHWISE; i <= VAE_SCORE_BASELINE && e->status == STATUS_OK; i++)
		estimate(p, (enum vae_estimator)i, passes, 1, &m[i], e);
	if (e->status == STATUS_OK)
		report(&p->parameters, m, &reference);
	moments_release(&reference);
	for (int i = 0; i < 3; i++)
		moments_release(&m[i]);
	return e->status;
}

static void release(struct problem *p)
{
	vae_parameters_release(&p->parameters);
	dataset_release(&p->records);
	free(p->indices);
	free(p->block);
	free(p->dblock);
	free(p->x);
	free(p->values);
}

int main(int argc, char **argv)
{
	struct problem p = {0};
	struct error e = {0};
	enum element type;
	uint64_t passes = 1000;
	if (argc < 3 || argc > 4 ||
	    (argc == 4 && !decimal_parse_u64(argv[3], 2, 1000000, &passes))) {
		fputs("usage: gradients MODEL RECORDS [PASSES]\n", stderr);
		return 2;
	}
	const char *file = argv[1];
	if (read_model(&p, file, &type, &e) == STATUS_OK &&
	    read_records(&p, file = argv[2], type, &e) == STATUS_OK)
		compare(&p, (size_t)passes, &e);
	if (e.status != STATUS_OK)
		fprintf(stderr, "gradients: %s: %s\n", file, e.text);
	release(&p);
	return e.status != STATUS_OK || fflush(stdout) != 0 || ferror(stdout);
}
