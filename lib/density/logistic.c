/* Density of the standard logistic distribution. */
#include "density/logistic.h"

#include "base/vectorised.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { LANES = 8, BLOCK = 512 };

/* exp(x) for x <= 0, within an ulp of 1: x = n log 2 + r, |r| <= (log 2) / 2, Taylor polynomial of
 * degree 13 for exp(r) (Cody and Waite, Software Manual for the Elementary Functions, 1980). Below
 * -700 it returns the value at -700, where 1 + exp(x) is 1 anyway. Compilers can vectorise it, and
 * it rounds alike on every machine. */
static inline double exp_of_negative(double x)
{
	double bounded = x > -700 ? x : -700;
	double shifted = bounded * 0x1.71547652b82fep+0 + 0x1.8p52; /* x / log 2, to an integer */
	double n = shifted - 0x1.8p52;
	double r = bounded - n * 0x1.62e42fee00000p-1 - n * 0x1.a39ef35793c76p-33;
	double p = 1.0 / 6227020800;
	p = p * r + 1.0 / 479001600, p = p * r + 1.0 / 39916800, p = p * r + 1.0 / 3628800;
	p = p * r + 1.0 / 362880, p = p * r + 1.0 / 40320, p = p * r + 1.0 / 5040;
	p = p * r + 1.0 / 720, p = p * r + 1.0 / 120, p = p * r + 1.0 / 24;
	p = p * r + 1.0 / 6, p = p * r + 0.5, p = p * r + 1, p = p * r + 1;
	uint64_t bits, exponent;
	memcpy(&bits, &p, sizeof(bits));
	memcpy(&exponent, &shifted, sizeof(exponent));
	bits += exponent << 52;
	memcpy(&p, &bits, sizeof(p));
	return p;
}

/* Accumulates sums of |z| and products of 1 + exp(-|z|) in LANES columns; n is a multiple of
 * LANES. */
VECTORISED static void columns(size_t n, const double *restrict z, double *restrict absolute,
                               double *restrict product)
{
	for (size_t j = 0; j < n; j += LANES) {
		for (size_t l = 0; l < LANES; l++) {
			double a = fabs(z[j + l]);
			absolute[l] += a;
			product[l] *= 1 + exp_of_negative(-a);
		}
	}
}

/* One logarithm serves many elements: each factor 1 + exp(-|z|) lies in [1, 2], so that a product
 * of 512 of them stays in range, with an error of half an ulp per factor. */
double logistic_log_density(const double *z, size_t d)
{
	double absolute[LANES] = {0}, logs = 0;
	for (size_t begin = 0; begin < d; begin += BLOCK) {
		size_t n = d - begin < BLOCK ? d - begin : BLOCK, whole = n / LANES * LANES;
		double product[LANES] = {1, 1, 1, 1, 1, 1, 1, 1};
		columns(whole, z + begin, absolute, product);
		for (size_t l = 0; l < n - whole; l++) {
			double a = fabs(z[begin + whole + l]);
			absolute[l] += a;
			product[l] *= 1 + exp_of_negative(-a);
		}
		for (size_t l = 1; l < LANES; l++)
			product[0] *= product[l];
		logs += log(product[0]);
	}
	for (size_t l = 1; l < LANES; l++)
		absolute[0] += absolute[l];
	return -(absolute[0] + 2 * logs);
}

double logistic_score(double z)
{
	double a = exp(-fabs(z));
	return copysign((1 - a) / (1 + a), z);
}
