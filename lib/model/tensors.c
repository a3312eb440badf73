/* Tensors by name, their notes, and their elements as floats. */
#include "model/tensors.h"

#include "base/bytes.h"
#include "base/checked.h"
#include "base/crc.h"
#include "base/element.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME_BYTES = 1000, MAX_NOTES = 1000 };

static const struct {
	const char *name;
	size_t bytes;
} types[] = {
    [TENSOR_F16] = {"F16", 2},
    [TENSOR_BF16] = {"BF16", 2},
    [TENSOR_F32] = {"F32", 4},
    [TENSOR_F64] = {"F64", 8},
};

size_t tensor_type_bytes(enum tensor_type type)
{
	return types[type].bytes;
}

size_t tensor_bytes(const struct tensor *t)
{
	return t->nelements * tensor_type_bytes(t->type);
}

const char *tensor_type_name(enum tensor_type type)
{
	return types[type].name;
}

bool tensor_type_parse(const char *name, enum tensor_type *out)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(name, types[i].name) == 0) {
			*out = (enum tensor_type)i;
			return true;
		}
	}
	return false;
}

void tensors_release(struct tensors *t)
{
	for (size_t i = 0; i < t->nitems; i++)
		free(t->items[i].name);
	for (size_t i = 0; i < t->nnotes; i++) {
		free(t->notes[i].key);
		free(t->notes[i].value);
	}
	free(t->items);
	free(t->by_name);
	free(t->notes);
	if (t->release_owned)
		t->release_owned(t->owned, t->owned_bytes);
	*t = (struct tensors){0};
}

/* The first position in by_name whose name is not less than this one. The array is sorted because a
 * hostile file can make a hash table slow, but not a binary search; with TENSORS_MAX, insertion
 * stays cheap. */
static size_t place_of(const struct tensors *t, const char *name)
{
	size_t low = 0, high = t->nitems;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(t->items[t->by_name[middle]].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct tensor *tensors_find(const struct tensors *t, const char *name)
{
	size_t place = place_of(t, name);
	if (place == t->nitems || strcmp(t->items[t->by_name[place]].name, name) != 0)
		return NULL;
	return &t->items[t->by_name[place]];
}

static void describe(const struct tensor *t, char text[100])
{
	size_t used = 0;
	for (unsigned i = 0; i < t->rank && used < 80; i++)
		used += (size_t)snprintf(text + used, 100 - used, "%s%" PRIu64, i ? " x " : "",
		                         t->shape[i]);
	if (t->rank == 0)
		strcpy(text, "a scalar");
}

const struct tensor *tensors_expect(const struct tensors *t, const char *name, unsigned rank,
                                    uint64_t rows, uint64_t columns, struct error *e)
{
	const struct tensor *found = tensors_find(t, name);
	char is[100];
	if (!found) {
		error_add(e, STATUS_MISMATCH, "%s is missing", name);
		return NULL;
	}
	describe(found, is);
	bool fits = found->rank == rank && found->nelements > 0 &&
	            (rows == 0 || found->shape[0] == rows) &&
	            (rank < 2 || columns == 0 || found->shape[1] == columns);
	if (fits)
		return found;
	char rows_text[24] = "any", columns_text[24] = "any";
	if (rows)
		snprintf(rows_text, sizeof(rows_text), "%" PRIu64, rows);
	if (columns)
		snprintf(columns_text, sizeof(columns_text), "%" PRIu64, columns);
	if (rank == 1)
		error_add(e, STATUS_MISMATCH, "%s is %s, not %s", name, is, rows_text);
	else
		error_add(e, STATUS_MISMATCH, "%s is %s, not %s x %s", name, is, rows_text,
		          columns_text);
	return NULL;
}

/* Makes room for one more: the arrays are doubled when their length is a power of two. */
static enum status make_room(struct tensors *t, struct error *e)
{
	size_t n = t->nitems;
	if (n & (n - 1))
		return STATUS_OK;
	size_t room = n ? 2 * n : 1;
	struct tensor *items = realloc(t->items, room * sizeof(*items));
	if (items)
		t->items = items;
	uint32_t *by_name = realloc(t->by_name, room * sizeof(*by_name));
	if (by_name)
		t->by_name = by_name;
	return items && by_name ? STATUS_OK : error_memory(e);
}

static enum status set_shape(struct tensor *tensor, const uint64_t *shape, struct error *e)
{
	uint64_t elements = 1, bytes;
	for (unsigned i = 0; i < tensor->rank; i++) {
		tensor->shape[i] = shape[i];
		if (!checked_mul(elements, shape[i], &elements))
			elements = UINT64_MAX;
	}
	if (!checked_mul(elements, tensor_type_bytes(tensor->type), &bytes) || bytes > SIZE_MAX / 2)
		return error_set(e, STATUS_UNSUPPORTED, "tensor %s is too large", tensor->name);
	tensor->nelements = (size_t)elements;
	return STATUS_OK;
}

static enum status check_new(const struct tensors *t, const char *name, unsigned rank,
                             struct error *e)
{
	if (t->nitems == TENSORS_MAX)
		return error_set(e, STATUS_UNSUPPORTED, "more than %d tensors", TENSORS_MAX);
	if (strlen(name) > MAX_NAME_BYTES)
		return error_set(e, STATUS_UNSUPPORTED, "a tensor name is longer than %d bytes",
		                 MAX_NAME_BYTES);
	if (rank > TENSOR_MAX_RANK)
		return error_set(e, STATUS_UNSUPPORTED, "tensor %s has more than %d dimensions",
		                 name, TENSOR_MAX_RANK);
	if (tensors_find(t, name))
		return error_set(e, STATUS_MALFORMED, "duplicate tensor '%s'", name);
	return STATUS_OK;
}

enum status tensors_add(struct tensors *t, const char *name, enum tensor_type type, unsigned rank,
                        const uint64_t *shape, const unsigned char *data, struct error *e)
{
	struct tensor made = {.type = type, .rank = rank, .data = data};
	if (check_new(t, name, rank, e) != STATUS_OK || make_room(t, e) != STATUS_OK)
		return e->status;
	made.name = strdup(name);
	if (!made.name)
		return error_memory(e);
	if (set_shape(&made, shape, e) != STATUS_OK) {
		free(made.name);
		return e->status;
	}
	size_t place = place_of(t, name);
	uint32_t *at = t->by_name + place;
	memmove(at + 1, at, (t->nitems - place) * sizeof(*at));
	*at = (uint32_t)t->nitems;
	t->items[t->nitems++] = made;
	return STATUS_OK;
}

static struct tensor_note *find_note(const struct tensors *t, const char *key)
{
	for (size_t i = 0; i < t->nnotes; i++) {
		if (strcmp(t->notes[i].key, key) == 0)
			return &t->notes[i];
	}
	return NULL;
}

const char *tensors_find_note(const struct tensors *t, const char *key)
{
	const struct tensor_note *note = find_note(t, key);
	return note ? note->value : NULL;
}

static enum status append_note(struct tensors *t, const char *key, const char *value,
                               struct error *e)
{
	if (t->nnotes == MAX_NOTES)
		return error_set(e, STATUS_UNSUPPORTED, "more than %d entries of metadata",
		                 MAX_NOTES);
	struct tensor_note *notes = realloc(t->notes, (t->nnotes + 1) * sizeof(*notes));
	if (!notes)
		return error_memory(e);
	t->notes = notes;
	struct tensor_note made = {strdup(key), strdup(value)};
	if (!made.key || !made.value) {
		free(made.key);
		free(made.value);
		return error_memory(e);
	}
	notes[t->nnotes++] = made;
	return STATUS_OK;
}

enum status tensors_note(struct tensors *t, const char *key, const char *value, struct error *e)
{
	struct tensor_note *note = find_note(t, key);
	if (!note)
		return append_note(t, key, value, e);
	char *copy = strdup(value);
	if (!copy)
		return error_memory(e);
	free(note->value);
	note->value = copy;
	return STATUS_OK;
}

static uint16_t le16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static float float_of_bits(uint32_t bits)
{
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* IEEE 754 binary16: 1 sign bit, 5 of the exponent (bias 15), 10 of the significand. Every
 * value is a float; so is every bfloat16, the upper half of one. */
static float float_of_f16(uint16_t half)
{
	uint32_t sign = (uint32_t)(half & 0x8000) << 16;
	uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
	if (exponent == 0)
		return (sign ? -1.0f : 1.0f) * (float)fraction * 0x1p-24f;
	exponent = exponent == 31 ? 255 : exponent + 127 - 15;
	return float_of_bits(sign | exponent << 23 | fraction << 13);
}

static double double_at(const unsigned char *p)
{
	double value;
	element_to_double(ELEMENT_F64, p, 1, &value);
	return value;
}

void tensor_to_float(const struct tensor *t, size_t first, size_t n, float *out)
{
	const unsigned char *p = t->data + first * tensor_type_bytes(t->type);
	switch (t->type) {
	case TENSOR_F16:
		for (size_t i = 0; i < n; i++)
			out[i] = float_of_f16(le16(p + 2 * i));
		break;
	case TENSOR_BF16:
		for (size_t i = 0; i < n; i++)
			out[i] = float_of_bits((uint32_t)le16(p + 2 * i) << 16);
		break;
	case TENSOR_F32:
		for (size_t i = 0; i < n; i++)
			out[i] = float_of_bits(bytes_le32(p + 4 * i));
		break;
	case TENSOR_F64:
		for (size_t i = 0; i < n; i++)
			out[i] = (float)double_at(p + 8 * i);
		break;
	}
}

void tensor_to_double(const struct tensor *t, size_t first, size_t n, double *out)
{
	if (t->type == TENSOR_F64) {
		element_to_double(ELEMENT_F64, t->data + 8 * first, n, out);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		float value = 0;
		tensor_to_float(t, first + i, 1, &value);
		out[i] = value;
	}
}

void tensors_forget(const struct tensors *t, const struct tensor *item)
{
	if (t->forget_owned)
		t->forget_owned((void *)(uintptr_t)item->data, tensor_bytes(item));
}

/* Includes the NUL, so that different lists of texts never give the same bytes. */
static uint32_t add_text(const struct crc_table *table, uint32_t crc, const char *text)
{
	return crc_add(table, crc, text, strlen(text) + 1);
}

static uint32_t add_shape(const struct crc_table *table, uint32_t crc, const struct tensor *item)
{
	char text[TENSOR_MAX_RANK * 21 + 3] = "[";
	size_t used = 1;
	for (unsigned i = 0; i < item->rank; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%" PRIu64,
		                         i ? "," : "", item->shape[i]);
	strcpy(text + used, "]");
	return add_text(table, crc, text);
}

uint32_t tensors_checksum(const struct tensors *t)
{
	struct crc_table table;
	uint32_t crc = 0;
	crc_table_init(&table);
	for (size_t i = 0; i < t->nnotes; i++) {
		crc = add_text(&table, crc, t->notes[i].key);
		crc = add_text(&table, crc, t->notes[i].value);
	}
	for (size_t i = 0; i < t->nitems; i++) {
		const struct tensor *item = &t->items[i];
		crc = add_text(&table, crc, item->name);
		crc = add_text(&table, crc, tensor_type_name(item->type));
		crc = add_shape(&table, crc, item);
		if (t->populate_owned)
			t->populate_owned((void *)(uintptr_t)item->data, tensor_bytes(item));
		crc = crc_add(&table, crc, item->data, tensor_bytes(item));
	}
	return crc;
}

/* Little-endian float32 on a machine whose floats are like that, as its integers are. */
static bool is_float_in_memory(const struct tensor *t)
{
	const uint32_t one = 1;
	unsigned char first;
	memcpy(&first, &one, 1);
	return t->type == TENSOR_F32 && (uintptr_t)t->data % sizeof(float) == 0 && first == 1;
}

const float *tensor_floats(const struct tensor *t, float *buffer)
{
	if (is_float_in_memory(t))
		return (const float *)(const void *)t->data;
	tensor_to_float(t, 0, t->nelements, buffer);
	return buffer;
}
