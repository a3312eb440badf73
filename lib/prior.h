/* The prior of the flow: independent standard logistics. */
#ifndef PRIOR_H
#define PRIOR_H

#include <stddef.h>

/* Sum over j < d of log p(z_j) = -(|z| + 2 log(1 + exp(-|z|))), nats. */
double prior_log_density(const double *z, size_t d);

/* Minus the derivative of log p at z: tanh(z / 2). */
double prior_score(double z);

#endif
