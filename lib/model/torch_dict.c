/* State dicts in PyTorch checkpoints. */
#include "model/torch_dict.h"

#include "base/checked.h"

#include <stdbool.h>
#include <string.h>

enum { SHOWN_BYTES = 200 };

/* Takes constant time: many keys may have the same large dict as their value. */
static bool is_state_dict(const struct pickle_value *value)
{
	return value->kind == PICKLE_DICT && value->u.dict->n > 0 &&
	       value->u.dict->ntensors == value->u.dict->n;
}

static int shown(const struct pickle_value *text)
{
	return text->n < SHOWN_BYTES ? (int)text->n : SHOWN_BYTES;
}

static enum status none_found(const struct pickle_dict *dict, struct error *e)
{
	const struct pickle_pair *other = NULL;
	bool tensors = false;
	for (const struct pickle_pair *p = dict->first; p; p = p->next) {
		if (p->value.kind == PICKLE_TENSOR)
			tensors = true;
		else if (!other && p->key.kind == PICKLE_TEXT)
			other = p;
	}
	if (tensors && other)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "not a state dict: %.*s is %s, not a tensor", shown(&other->key),
		                 other->key.u.text, pickle_kind_name(other->value.kind));
	return error_set(e, STATUS_UNSUPPORTED,
	                 "no state dict found: no dict maps names to tensors");
}

static enum status several_found(const struct pickle_dict *dict, struct error *e)
{
	for (const struct pickle_pair *p = dict->first; p; p = p->next) {
		if (p->key.kind == PICKLE_TEXT && is_state_dict(&p->value))
			error_add(e, STATUS_UNSUPPORTED, "%.*s", shown(&p->key), p->key.u.text);
	}
	return error_prefix(e, "more than one state dict; save only the one to convert: ");
}

enum status torch_dict_find(const struct pickle_value *value, const struct pickle_dict **out,
                            struct error *e)
{
	const struct pickle_dict *found = NULL;
	size_t n = 0;
	if (value->kind != PICKLE_DICT)
		return error_set(e, STATUS_UNSUPPORTED, "not a state dict, but %s",
		                 pickle_kind_name(value->kind));
	if (is_state_dict(value)) {
		*out = value->u.dict;
		return STATUS_OK;
	}
	for (const struct pickle_pair *p = value->u.dict->first; p; p = p->next) {
		if (p->key.kind == PICKLE_TEXT && is_state_dict(&p->value)) {
			found = p->value.u.dict;
			n++;
		}
	}
	if (n != 1)
		return n ? several_found(value->u.dict, e) : none_found(value->u.dict, e);
	*out = found;
	return STATUS_OK;
}

size_t torch_dict_prefix(const struct pickle_dict *dict)
{
	static const char prefix[] = "module.";
	size_t n = strlen(prefix);
	for (const struct pickle_pair *p = dict->first; p; p = p->next) {
		if (p->key.n < n || memcmp(p->key.u.text, prefix, n) != 0)
			return 0;
	}
	return n;
}

/* As in PyTorch, the stride of a dimension of size 1 does not matter, nor does any stride of an
 * empty tensor. */
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

enum status torch_dict_check(const struct pickle_tensor *t, struct error *e)
{
	const struct pickle_storage *storage = t->storage;
	uint64_t n = 1, end;
	if (!storage->type->supported)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "torch.%s is not supported, only Half, BFloat16, Float and Double",
		                 storage->type->name);
	for (unsigned i = 0; i < t->rank; i++) {
		if (t->shape[i] == 0) {
			n = 0;
			break;
		}
		if (!checked_mul(n, t->shape[i], &n))
			return error_set(e, STATUS_MALFORMED,
			                 "the product of its dimensions exceeds 2^64");
	}
	if (n > 0 && !contiguous(t))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "not contiguous: save tensor.contiguous() instead");
	if (!checked_add(t->offset, n, &end) || end > storage->nelements)
		return error_set(e, STATUS_MALFORMED,
		                 "%llu elements at offset %llu exceed its storage of %llu",
		                 (unsigned long long)n, (unsigned long long)t->offset,
		                 (unsigned long long)storage->nelements);
	return STATUS_OK;
}
