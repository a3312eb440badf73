/* The identity of a model: a SHA-256 of all that its densities depend on, nicemodel(5). */
#ifndef MODEL_DIGEST_H
#define MODEL_DIGEST_H

#include "model/tensors.h"

enum { MODEL_DIGEST_DIGITS = 64 };

/* Writes 64 lower-case hexadecimal digits, the same for a state dict, its safetensors, and any
 * order of tensors. Reads all data, then calls tensors_forget. */
void model_digest(const struct tensors *t, char digits[MODEL_DIGEST_DIGITS + 1]);

#endif
