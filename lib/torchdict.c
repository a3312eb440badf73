/* Knows what checkpoints look like. Does not know pickles or files. */
#include "torchdict.h"

#include "num.h"

#include <stdbool.h>
#include <string.h>

enum { SHOWN_BYTES = 200 };

static bool is_state_dict(const struct value *value)
{
	if (value->kind != VALUE_DICT || value->u.dict->n == 0)
		return false;
	for (const struct pickle_pair *p = value->u.dict->first; p; p = p->next) {
		if (p->key.kind != VALUE_TEXT || p->value.kind != VALUE_TENSOR)
			return false;
	}
	return true;
}

static int shown(const struct value *text)
{
	return text->n < SHOWN_BYTES ? (int)text->n : SHOWN_BYTES;
}

static enum status none_found(const struct pickle_dict *dict, struct error *e)
{
	const struct pickle_pair *other = NULL;
	bool tensors = false;
	for (const struct pickle_pair *p = dict->first; p; p = p->next) {
		if (p->value.kind == VALUE_TENSOR)
			tensors = true;
		else if (!other && p->key.kind == VALUE_TEXT)
			other = p;
	}
	if (tensors && other)
		return error_set(e, STATUS_UNSUPPORTED, "not a state dict: %.*s is %s, not a tensor",
		                 shown(&other->key), other->key.u.text,
		                 value_kind_name(other->value.kind));
	return error_set(e, STATUS_UNSUPPORTED, "no state dict in it: no dict of names and tensors");
}

static enum status several_found(const struct pickle_dict *dict, struct error *e)
{
	for (const struct pickle_pair *p = dict->first; p; p = p->next) {
		if (p->key.kind == VALUE_TEXT && is_state_dict(&p->value))
			error_add(e, STATUS_UNSUPPORTED, "%.*s", shown(&p->key), p->key.u.text);
	}
	return error_prefix(e, "more than one state dict, save the one that is meant: ");
}

enum status torchdict_find(const struct value *value, const struct pickle_dict **out,
                           struct error *e)
{
	const struct pickle_dict *found = NULL;
	size_t n = 0;
	if (value->kind != VALUE_DICT)
		return error_set(e, STATUS_UNSUPPORTED, "not a state dict, but %s",
		                 value_kind_name(value->kind));
	if (is_state_dict(value)) {
		*out = value->u.dict;
		return STATUS_OK;
	}
	for (const struct pickle_pair *p = value->u.dict->first; p; p = p->next) {
		if (p->key.kind == VALUE_TEXT && is_state_dict(&p->value)) {
			found = p->value.u.dict;
			n++;
		}
	}
	if (n != 1)
		return n ? several_found(value->u.dict, e) : none_found(value->u.dict, e);
	*out = found;
	return STATUS_OK;
}

/* As PyTorch has it: the stride of a dimension of size 1 does not matter, none does in a tensor
 * without elements. */
static bool contiguous(const struct pickle_tensor *t)
{
	uint64_t stride = 1;
	for (unsigned i = t->rank; i-- > 0;) {
		if (t->shape[i] != 1 && t->stride[i] != stride)
			return false;
		stride *= t->shape[i]; /* cannot wrap: the whole product does not */
	}
	return true;
}

enum status torchdict_check(const struct pickle_tensor *t, struct error *e)
{
	const struct pickle_storage *storage = t->storage;
	uint64_t n = 1, end;
	if (!storage->type->supported)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "a torch.%s is not supported, only Half, BFloat16, Float and Double",
		                 storage->type->name);
	for (unsigned i = 0; i < t->rank; i++) {
		if (t->shape[i] == 0) {
			n = 0;
			break;
		}
		if (!num_mul(n, t->shape[i], &n))
			return error_set(e, STATUS_MALFORMED, "its dimensions multiply past 2^64");
	}
	if (n > 0 && !contiguous(t))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "it is not contiguous: save tensor.contiguous() instead");
	if (!num_add(t->offset, n, &end) || end > storage->nelements)
		return error_set(e, STATUS_MALFORMED,
		                 "it takes %llu elements from %llu on of a storage of %llu",
		                 (unsigned long long)n, (unsigned long long)t->offset,
		                 (unsigned long long)storage->nelements);
	return STATUS_OK;
}
