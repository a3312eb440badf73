/* The safetensors format; the only user of jansson. */
#include "model/safetensors.h"

#include "base/bytes.h"
#include "base/checked.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Jansson needs up to 45 bytes of memory for each byte of the header. */
enum { LENGTH_BYTES = 8, MAX_HEADER_BYTES = 8 << 20, CHECKSUM_DIGITS = 8 };

static const char notes_key[] = "__metadata__";
static const char checksum_key[] = "crc32"; /* among the notes */

/* An entry of the header; begin and end count from the end of the header. */
struct entry {
	const char *name; /* owned by the header */
	enum tensor_type type;
	unsigned rank;
	uint64_t shape[TENSOR_MAX_RANK];
	uint64_t begin, end;
	size_t index; /* in the header; orders entries without data */
};

bool safetensors_recognise(const unsigned char *head, size_t n)
{
	return n > LENGTH_BYTES && head[LENGTH_BYTES] == '{';
}

/* Jansson does not report every failed allocation: it may leave out a character or a name. So its
 * allocations are watched here. */
static _Thread_local bool lacked_memory;

static void *allocate(size_t n)
{
	void *p = malloc(n);
	lacked_memory |= !p;
	return p;
}

static void watch_memory(void)
{
	lacked_memory = false;
	json_set_alloc_funcs(allocate, free);
}

static enum status parse_json(const unsigned char *text, size_t n, json_t **out, struct error *e)
{
	json_error_t why;
	watch_memory();
	json_t *header = json_loadb((const char *)text, n, JSON_REJECT_DUPLICATES, &why);
	if (lacked_memory) {
		json_decref(header);
		return error_memory(e);
	}
	if (!header)
		return error_set(e, STATUS_MALFORMED, "header (byte %d): %s",
		                 LENGTH_BYTES + why.position, why.text);
	*out = header;
	return STATUS_OK;
}

static enum status load_header(const unsigned char *data, size_t size, size_t *header_bytes,
                               json_t **header, struct error *e)
{
	uint64_t length = size < LENGTH_BYTES ? 0 : bytes_le64(data);
	if (!safetensors_recognise(data, size))
		return error_set(e, STATUS_MALFORMED, "not a safetensors file");
	if (length > MAX_HEADER_BYTES)
		return error_set(e, STATUS_UNSUPPORTED, "header of %llu bytes, more than %d",
		                 (unsigned long long)length, MAX_HEADER_BYTES);
	if (length > size - LENGTH_BYTES)
		return error_set(
		    e, STATUS_TRUNCATED,
		    "unexpected end of input: header of %llu bytes, but only %zu follow",
		    (unsigned long long)length, size - LENGTH_BYTES);
	*header_bytes = (size_t)length;
	return parse_json(data + LENGTH_BYTES, (size_t)length, header, e);
}

static enum status take_notes(const json_t *notes, struct tensors *out, struct error *e)
{
	const char *key;
	const json_t *value;
	if (!json_is_object(notes))
		return error_set(e, STATUS_MALFORMED, "%s is not an object", notes_key);
	json_object_foreach((json_t *)(uintptr_t)notes, key, value)
	{
		if (!json_is_string(value))
			return error_set(e, STATUS_MALFORMED, "%s: the value of %s is not a string",
			                 notes_key, key);
		if (strcmp(key, checksum_key) == 0)
			continue;
		if (tensors_note(out, key, json_string_value(value), e) != STATUS_OK)
			return error_prefix(e, "%s: ", notes_key);
	}
	return STATUS_OK;
}

/* An array of at most max non-negative integers; false if it is anything else. */
static bool whole_numbers(const json_t *array, size_t max, uint64_t *out)
{
	size_t n = json_array_size(array);
	if (!json_is_array(array) || n > max)
		return false;
	for (size_t i = 0; i < n; i++) {
		const json_t *number = json_array_get(array, i);
		if (!json_is_integer(number) || json_integer_value(number) < 0)
			return false;
		out[i] = (uint64_t)json_integer_value(number);
	}
	return true;
}

static enum status parse_shape(const json_t *shape, struct entry *entry, struct error *e)
{
	size_t rank = json_array_size(shape);
	if (json_is_array(shape) && rank > TENSOR_MAX_RANK)
		return error_set(e, STATUS_UNSUPPORTED, "more than %d dimensions", TENSOR_MAX_RANK);
	if (!whole_numbers(shape, TENSOR_MAX_RANK, entry->shape))
		return error_set(e, STATUS_MALFORMED,
		                 "shape is not an array of non-negative integers");
	entry->rank = (unsigned)rank;
	return STATUS_OK;
}

/* Checks that the offsets span what shape and type need. */
static enum status check_span(const struct entry *entry, struct error *e)
{
	uint64_t bytes = tensor_type_bytes(entry->type);
	for (unsigned i = 0; i < entry->rank; i++) {
		if (!checked_mul(bytes, entry->shape[i], &bytes))
			return error_set(e, STATUS_MALFORMED,
			                 "the product of its dimensions exceeds 2^64");
	}
	if (entry->begin > entry->end || entry->end - entry->begin != bytes)
		return error_set(e, STATUS_MALFORMED,
		                 "data_offsets are %llu to %llu, but the shape requires %llu bytes",
		                 (unsigned long long)entry->begin, (unsigned long long)entry->end,
		                 (unsigned long long)bytes);
	return STATUS_OK;
}

static enum status parse_fields(const json_t *object, struct entry *entry, struct error *e)
{
	const json_t *offsets = json_object_get(object, "data_offsets");
	const char *dtype = json_string_value(json_object_get(object, "dtype"));
	uint64_t span[2];
	if (!dtype || json_object_size(object) != 3 || !json_object_get(object, "shape") ||
	    !offsets)
		return error_set(e, STATUS_MALFORMED,
		                 "not an object with dtype, shape and data_offsets only");
	if (!tensor_type_parse(dtype, &entry->type))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "dtype %s is not supported, only F16, BF16, F32 and F64", dtype);
	if (json_array_size(offsets) != 2 || !whole_numbers(offsets, 2, span))
		return error_set(e, STATUS_MALFORMED,
		                 "data_offsets is not a pair of non-negative integers");
	entry->begin = span[0];
	entry->end = span[1];
	if (parse_shape(json_object_get(object, "shape"), entry, e) != STATUS_OK)
		return e->status;
	return check_span(entry, e);
}

static int by_offset(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

/* Checks that each entry begins where the one before ends, and that the last ends with the file. */
static enum status check_order(const struct entry *entries, size_t n, uint64_t data_bytes,
                               struct error *e)
{
	uint64_t end = 0;
	for (size_t i = 0; i < n; i++) {
		if (entries[i].begin != end)
			return error_set(e, STATUS_MALFORMED, "tensor %s: data %s", entries[i].name,
			                 entries[i].begin < end ? "overlap another tensor"
			                                        : "begin after a gap");
		end = entries[i].end;
	}
	if (end > data_bytes)
		return error_set(e, STATUS_TRUNCATED,
		                 "unexpected end of input: %llu of %llu bytes of data",
		                 (unsigned long long)data_bytes, (unsigned long long)end);
	if (end < data_bytes)
		return error_set(e, STATUS_MALFORMED, "trailing bytes after the last tensor");
	return STATUS_OK;
}

/* Fills entries, which has room for all members of the header, and sets *n to their count. */
static enum status collect(const json_t *header, struct entry *entries, size_t *n,
                           struct tensors *out, struct error *e)
{
	const char *key;
	const json_t *value;
	json_object_foreach((json_t *)(uintptr_t)header, key, value)
	{
		if (strcmp(key, notes_key) == 0) {
			if (take_notes(value, out, e) != STATUS_OK)
				return e->status;
			continue;
		}
		struct entry *entry = &entries[*n];
		*entry = (struct entry){.name = key, .index = *n};
		if (parse_fields(value, entry, e) != STATUS_OK)
			return error_prefix(e, "tensor %s: ", key);
		++*n;
	}
	return STATUS_OK;
}

static enum status add_all(const json_t *header, const unsigned char *data, size_t data_bytes,
                           struct tensors *out, struct error *e)
{
	size_t n = 0;
	struct entry *entries = calloc(json_object_size(header) + 1, sizeof(*entries));
	if (!entries)
		return error_memory(e);
	if (collect(header, entries, &n, out, e) == STATUS_OK) {
		qsort(entries, n, sizeof(*entries), by_offset);
		check_order(entries, n, data_bytes, e);
	}
	for (size_t i = 0; i < n && e->status == STATUS_OK; i++)
		tensors_add(out, entries[i].name, entries[i].type, entries[i].rank,
		            entries[i].shape, data + entries[i].begin, e);
	free(entries);
	return e->status;
}

/* Eight hexadecimal digits, as safetensors_write writes them. */
static void format_checksum(const struct tensors *t, char text[CHECKSUM_DIGITS + 1])
{
	snprintf(text, CHECKSUM_DIGITS + 1, "%08" PRIx32, tensors_checksum(t));
}

static enum status verify(const json_t *header, const struct tensors *t, struct error *e)
{
	char ours[CHECKSUM_DIGITS + 1];
	const char *theirs =
	    json_string_value(json_object_get(json_object_get(header, notes_key), checksum_key));
	if (!theirs)
		return STATUS_OK;
	format_checksum(t, ours);
	if (strcmp(theirs, ours) != 0)
		return error_set(e, STATUS_MALFORMED,
		                 "damaged: its checksum is %s, but note %s is %.20s", ours,
		                 checksum_key, theirs);
	return STATUS_OK;
}

enum status safetensors_parse(const unsigned char *data, size_t size, struct tensors *out,
                              struct error *e)
{
	size_t header_bytes = 0;
	json_t *header = NULL;
	if (load_header(data, size, &header_bytes, &header, e) != STATUS_OK)
		return e->status;
	size_t begin = LENGTH_BYTES + header_bytes;
	if (add_all(header, data + begin, size - begin, out, e) == STATUS_OK)
		verify(header, out, e);
	json_decref(header);
	return e->status;
}

/* Steals value, which may be NULL; false if out of memory or if name is not UTF-8. */
static bool set(json_t *object, const char *name, json_t *value)
{
	return json_object_set_new(object, name, value) == 0;
}

static json_t *entry_to_json(const struct tensor *t, uint64_t begin, uint64_t end)
{
	json_t *entry = json_object(), *shape = json_array();
	json_t *offsets = json_pack("[I,I]", (json_int_t)begin, (json_int_t)end);
	bool good = shape != NULL;
	for (unsigned i = 0; i < t->rank && good; i++)
		good = json_array_append_new(shape, json_integer((json_int_t)t->shape[i])) == 0;
	good &= set(entry, "dtype", json_string(tensor_type_name(t->type)));
	good &= set(entry, "shape", shape);
	good &= set(entry, "data_offsets", offsets);
	if (good)
		return entry;
	json_decref(entry);
	return NULL;
}

static enum status notes_to_json(const struct tensors *t, json_t *header, struct error *e)
{
	json_t *notes = json_object();
	char checksum[CHECKSUM_DIGITS + 1];
	if (!set(header, notes_key, notes))
		return error_memory(e);
	for (size_t i = 0; i < t->nnotes; i++) {
		if (!set(notes, t->notes[i].key, json_string(t->notes[i].value)))
			return lacked_memory ? error_memory(e)
			                     : error_set(e, STATUS_MALFORMED,
			                                 "note %s is not UTF-8", t->notes[i].key);
	}
	format_checksum(t, checksum);
	return set(notes, checksum_key, json_string(checksum)) ? STATUS_OK : error_memory(e);
}

static enum status tensors_to_json(const struct tensors *t, json_t *header, struct error *e)
{
	uint64_t begin = 0;
	if (notes_to_json(t, header, e) != STATUS_OK)
		return e->status;
	for (size_t i = 0; i < t->nitems; i++) {
		const struct tensor *item = &t->items[i];
		uint64_t end = begin + tensor_bytes(item);
		if (strcmp(item->name, notes_key) == 0)
			return error_set(e, STATUS_UNSUPPORTED, "a tensor cannot be named %s",
			                 notes_key);
		if (!set(header, item->name, entry_to_json(item, begin, end)))
			return lacked_memory
			           ? error_memory(e)
			           : error_set(e, STATUS_MALFORMED, "tensor %s: name is not UTF-8",
			                       item->name);
		begin = end;
	}
	return STATUS_OK;
}

static void write_header(const char *text, FILE *f)
{
	unsigned char length[LENGTH_BYTES];
	size_t n = strlen(text), padding = (LENGTH_BYTES - n % LENGTH_BYTES) % LENGTH_BYTES;
	bytes_put_le64(length, n + padding);
	fwrite(length, 1, sizeof(length), f);
	fwrite(text, 1, n, f);
	fprintf(f, "%*s", (int)padding, "");
}

enum status safetensors_write(const struct tensors *t, FILE *f, struct error *e)
{
	watch_memory();
	json_t *header = json_object();
	char *text = NULL;
	if (!header)
		return error_memory(e);
	if (tensors_to_json(t, header, e) == STATUS_OK) {
		text = json_dumps(header, JSON_COMPACT);
		if (!text || lacked_memory)
			error_memory(e);
	}
	bool good = e->status == STATUS_OK;
	if (good)
		write_header(text, f);
	for (size_t i = 0; good && i < t->nitems; i++)
		fwrite(t->items[i].data, tensor_type_bytes(t->items[i].type), t->items[i].nelements,
		       f);
	free(text);
	json_decref(header);
	return e->status;
}
