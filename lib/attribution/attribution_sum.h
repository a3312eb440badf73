/* The attributions of a record from the results of its items. */
#ifndef ATTRIBUTION_SUM_H
#define ATTRIBUTION_SUM_H

#include "attribution/attribution.h"

/* Zero may be released. */
struct attribution_sum {
	const struct attribution *a; /* the caller's */
	double baseline_ll;          /* of path with the remainder */
	double *values;              /* (D): the attributions, once a record is complete */
	double remainder;            /* of path: sum of the values - (LL(x) - LL(baseline)) */
	double ll;                   /* of replace: LL(x) */
	double *x;                   /* (D): the record */
};

enum status attribution_sum_init(struct attribution_sum *s, const struct attribution *a,
                                 struct error *e);
void attribution_sum_release(struct attribution_sum *s);

/* Takes the result of item `item` of a record, its raw elements given; items come in order. True if
 * the record is complete. */
bool attribution_sum_add(struct attribution_sum *s, const unsigned char *raw, size_t item,
                         const double *result);

#endif
