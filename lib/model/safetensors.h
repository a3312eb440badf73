/*
 * The safetensors format (https://github.com/huggingface/safetensors): a little-endian u64 N, N
 * bytes of JSON with name, dtype, shape and data_offsets of each tensor, then the data.
 */
#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include "base/error.h"
#include "model/tensors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Whether these first bytes of a file may be those of safetensors. */
bool safetensors_recognise(const unsigned char *head, size_t n);

/* Trusts nothing: lengths, offsets, shapes and JSON are checked before use, and memory is bounded
 * by the length of the header. A checksum among the notes is verified and does not become a note of
 * *out. The tensors are appended to *out in the order of their data; they point into data, which
 * must outlive them and need not be aligned. On failure *out holds what had been added. A tensor of
 * an unknown dtype is STATUS_UNSUPPORTED. */
enum status safetensors_parse(const unsigned char *data, size_t size, struct tensors *out,
                              struct error *e);

/* Equal tensors and notes give equal bytes: first the notes and their checksum, then the tensors,
 * both in the order given; the header is padded with spaces to a multiple of 8 bytes. f may be a
 * pipe; write errors are left to its closing. */
enum status safetensors_write(const struct tensors *t, FILE *f, struct error *e);

#endif
