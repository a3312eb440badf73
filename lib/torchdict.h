/* What in a PyTorch checkpoint is the state dict, and whether its tensors hold together. */
#ifndef TORCHDICT_H
#define TORCHDICT_H

#include "pickle.h"
#include "status.h"

#include <stddef.h>

/* The dict of names and tensors: the value itself, or, in a checkpoint such as {'state_dict': ...,
 * 'epoch': 3}, the only such dict among its values. Its keys are texts, its values tensors. */
enum status torchdict_find(const struct value *value, const struct pickle_dict **out,
                           struct error *e);

/* STATUS_OK if the tensor is of a type of ours and lies within what its storage claims to hold,
 * contiguous, in C order. */
enum status torchdict_check(const struct pickle_tensor *tensor, struct error *e);

#endif
