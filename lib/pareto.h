/*
 * The generalised Pareto distribution, the law of exceedances over a high threshold (Balkema, de
 * Haan 1974; Pickands 1975): F(y) = 1 - (1 + shape y / scale)^(-1/shape), of shape 0 the exponential
 * 1 - exp(-y / scale), for y >= 0 and below -scale / shape if the shape is negative.
 */
#ifndef PARETO_H
#define PARETO_H

#include <stddef.h>

struct pareto {
	double shape, scale;
};

/* Fits exceedances by maximum likelihood under shape >= -1 (below it has no maximum), from
 * Grimshaw's profile over shape / scale (Technometrics 35, 1993): n >= 2 numbers > 0, the
 * greatest finite. */
struct pareto pareto_fit(const double *exceedances, size_t n);

/* The exceedance that is passed with probability `survival`, 0 < survival <= 1. */
double pareto_quantile(const struct pareto *p, double survival);

/* The asymptotic covariance of a fit to n exceedances (Smith, Biometrika 72, 1985): of shape,
 * scale, and both. There is none for a shape of -1/2 or less: all are NaN then. */
struct pareto_errors {
	double shape_stderr, scale_stderr, covariance;
};
struct pareto_errors pareto_errors(const struct pareto *p, size_t n);

/* The derivatives of pareto_quantile by shape and by scale. */
void pareto_gradient(const struct pareto *p, double survival, double *by_shape, double *by_scale);

/* How badly the law fits: the Cramer-von Mises statistic, over n ascending exceedances, and the
 * value that a fit to exceedances of that law passes with probability 0.01 (Choulakian, Stephens,
 * Technometrics 43, 2001). */
double pareto_misfit(const struct pareto *p, const double *ascending, size_t n);
double pareto_misfit_bound(const struct pareto *p);

#endif
