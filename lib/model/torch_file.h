/*
 * What torch.save writes: since PyTorch 1.6 a zip archive of a pickle, NAME/data.pkl, and the
 * storages that it refers to, NAME/data/KEY, uncompressed. State dicts are read; nothing is
 * executed.
 */
#ifndef TORCH_FILE_H
#define TORCH_FILE_H

#include "base/error.h"
#include "model/tensors.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether these first bytes are those of a zip archive; or of the format of torch.save before 1.6,
 * which is not supported. */
bool torch_file_recognise(const unsigned char *head, size_t n);
bool torch_file_recognise_legacy(const unsigned char *head, size_t n);

/* Adds the tensors of the state dict to the empty *out, in its order, and a note "origin". They
 * point into data, which must outlive them and need not be aligned. Trusts nothing; time and memory
 * are proportional to size. On failure *out holds what had been added. */
enum status torch_file_parse(const unsigned char *data, size_t size, struct tensors *out,
                             struct error *e);

#endif
