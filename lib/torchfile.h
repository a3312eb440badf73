/*
 * What torch.save writes: since PyTorch 1.6 a zip archive of a pickle, NAME/data.pkl, and the
 * storages that it refers to, NAME/data/KEY, not compressed. State dicts are read, nothing is
 * executed.
 */
#ifndef TORCHFILE_H
#define TORCHFILE_H

#include "status.h"
#include "tensors.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether these first bytes of a file are those of a zip archive; or of what torch.save wrote
 * before 1.6, which is not read. */
bool torchfile_recognise(const unsigned char *head, size_t n);
bool torchfile_recognise_legacy(const unsigned char *head, size_t n);

/* Adds the tensors of the state dict to the empty *out, in its order, with a copy of their data
 * that *out owns, and a note "origin". Trusts nothing; memory follows size. On failure *out holds
 * what had been added. */
enum status torchfile_parse(const unsigned char *data, size_t size, struct tensors *out,
                            struct error *e);

#endif
