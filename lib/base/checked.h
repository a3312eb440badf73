/* Arithmetic on sizes that cannot wrap around. */
#ifndef CHECKED_H
#define CHECKED_H

#include <stdbool.h>
#include <stdint.h>

/* a * b and a + b; false, and *out untouched, if the result does not fit. */
bool checked_mul(uint64_t a, uint64_t b, uint64_t *out);
bool checked_add(uint64_t a, uint64_t b, uint64_t *out);

#endif
