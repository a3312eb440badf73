/* Prior of the flow: independent standard logistic variables. */
#ifndef LOGISTIC_H
#define LOGISTIC_H

#include <stddef.h>

/* Sum over j < d of log p(z_j) = -(|z_j| + 2 log(1 + exp(-|z_j|))), in nats. */
double logistic_log_density(const double *z, size_t d);

/* Minus the derivative of log p at z: tanh(z / 2). */
double logistic_score(double z);

#endif
