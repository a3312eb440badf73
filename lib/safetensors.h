/*
 * The safetensors format (https://github.com/huggingface/safetensors): a little-endian u64 N, N
 * bytes of JSON that say name, dtype, shape and data_offsets of each tensor, the data.
 */
#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include "status.h"
#include "tensors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Whether these first bytes of a file may be those of safetensors. */
bool safetensors_recognise(const unsigned char *head, size_t n);

/* Trusts nothing: lengths, offsets, shapes and JSON of the size bytes are checked before use, and
 * memory follows the header's length. The tensors, appended to *out in the order of their data,
 * point into data, which must outlive them and need not be aligned. On failure *out holds what
 * had been added. A tensor of another dtype than ours is STATUS_UNSUPPORTED. */
enum status safetensors_parse(const unsigned char *data, size_t size, struct tensors *out,
                              struct error *e);

/* The same tensors and notes give the same bytes: notes first, then the tensors, both in the
 * order given; the header padded with spaces to 8 bytes. f may be a pipe; losses show when it is
 * closed. */
enum status safetensors_write(const struct tensors *t, FILE *f, struct error *e);

#endif
