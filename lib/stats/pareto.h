/*
 * Generalised Pareto distribution, the distribution of exceedances over a high threshold (Balkema,
 * de Haan 1974; Pickands 1975): F(y) = 1 - (1 + shape y / scale)^(-1/shape), or the exponential
 * 1 - exp(-y / scale) for shape 0; y >= 0, and y < -scale / shape if the shape is negative.
 */
#ifndef PARETO_H
#define PARETO_H

#include <stddef.h>

struct pareto {
	double shape, scale;
};

/* Fits n >= 2 finite exceedances > 0 by maximum likelihood subject to shape >= -1 (the likelihood
 * is unbounded below -1), using Grimshaw's profile over shape / scale (Technometrics 35, 1993). */
struct pareto pareto_fit(const double *exceedances, size_t n);

/* The value that is exceeded with probability `survival`, 0 < survival <= 1. */
double pareto_quantile(const struct pareto *p, double survival);

/* The asymptotic standard errors of shape and scale, and their covariance, for a fit to n
 * exceedances (Smith, Biometrika 72, 1985). They do not exist for a shape of -1/2 or less, and are
 * then NaN. */
struct pareto_errors {
	double shape_stderr, scale_stderr, covariance;
};
struct pareto_errors pareto_errors(const struct pareto *p, size_t n);

/* The derivatives of pareto_quantile with respect to shape and scale. */
void pareto_gradient(const struct pareto *p, double survival, double *by_shape, double *by_scale);

/* Goodness of fit: the Cramer-von Mises statistic for n ascending exceedances, and the value that
 * it exceeds with probability 0.01 when the exceedances do follow this distribution (Choulakian,
 * Stephens, Technometrics 43, 2001). */
double pareto_misfit(const struct pareto *p, const double *ascending, size_t n);
double pareto_misfit_bound(const struct pareto *p);

#endif
