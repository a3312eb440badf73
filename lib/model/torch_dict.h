/* The state dict in a PyTorch checkpoint, and the consistency of its tensors. */
#ifndef TORCH_DICT_H
#define TORCH_DICT_H

#include "base/error.h"
#include "model/pickle.h"

#include <stddef.h>

/* Finds the dict of tensors by name: the value itself or, in a checkpoint such as {'state_dict':
 * ..., 'epoch': 3}, the only such dict among its values. All its keys are texts, its values
 * tensors. */
enum status torch_dict_find(const struct pickle_value *value, const struct pickle_dict **out,
                            struct error *e);

/* Bytes of the prefix "module.", with which DataParallel names them, if all keys of a state dict
 * begin with it; or 0. */
size_t torch_dict_prefix(const struct pickle_dict *dict);

/* STATUS_OK if the tensor is of a supported type, lies within the size that its storage claims, and
 * is contiguous in C order. */
enum status torch_dict_check(const struct pickle_tensor *tensor, struct error *e);

#endif
