/* Evaluation of pickles. Nothing here recurses, and names in the pickle are only looked up in the
 * table of allowed globals. */
#include "model/pickle.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_STACK = 1 << 17,
	MAX_MEMO = 1 << 20,
	MAX_TEXT_BYTES = 1 << 20,
	MAX_MEMORY_BYTES = 64 << 20,
	CHUNK_BYTES = 1 << 16,
	PROTOCOL = 2,
};

enum function { ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER };

struct pickle_chunk {
	struct pickle_chunk *next;
	size_t used, capacity;
	alignas(max_align_t) unsigned char bytes[];
};

struct values {
	struct pickle_value *items;
	size_t n, capacity;
};

struct machine {
	const unsigned char *data;
	size_t size, at;
	struct values stack;
	struct values memo; /* n: its capacity, unset ones being PICKLE_MARK */
	struct pickle *pickle;
	struct error *e;
	bool stopped;
};

const char *pickle_kind_name(enum pickle_kind kind)
{
	static const char *const names[] = {
	    [PICKLE_MARK] = "nothing",
	    [PICKLE_NONE] = "None",
	    [PICKLE_BOOL] = "a bool",
	    [PICKLE_INT] = "an integer",
	    [PICKLE_FLOAT] = "a float",
	    [PICKLE_TEXT] = "a string",
	    [PICKLE_TUPLE] = "a tuple",
	    [PICKLE_LIST] = "a list",
	    [PICKLE_DICT] = "a dict",
	    [PICKLE_FUNCTION] = "a function",
	    [PICKLE_STORAGE_TYPE] = "a type of storage",
	    [PICKLE_STORAGE] = "a storage",
	    [PICKLE_TENSOR] = "a tensor",
	};
	return names[kind];
}

/* --- memory --- */

void pickle_release(struct pickle *p)
{
	while (p->chunks) {
		struct pickle_chunk *next = p->chunks->next;
		free(p->chunks);
		p->chunks = next;
	}
	*p = (struct pickle){0};
}

static struct pickle_chunk *new_chunk(struct machine *m, size_t capacity)
{
	struct pickle *p = m->pickle;
	if (capacity > MAX_MEMORY_BYTES - p->bytes) {
		error_set(m->e, STATUS_UNSUPPORTED, "the pickle needs more than %d bytes of memory",
		          MAX_MEMORY_BYTES);
		return NULL;
	}
	struct pickle_chunk *chunk = malloc(sizeof(*chunk) + capacity);
	if (!chunk) {
		error_memory(m->e);
		return NULL;
	}
	*chunk = (struct pickle_chunk){.next = p->chunks, .capacity = capacity};
	p->chunks = chunk;
	p->bytes += capacity;
	return chunk;
}

/* Memory that lives until pickle_release; NULL, with the error set, if there is no more. */
static void *allocate(struct machine *m, size_t bytes)
{
	struct pickle_chunk *chunk = m->pickle->chunks;
	bytes = (bytes + 15) / 16 * 16;
	if (!chunk || bytes > chunk->capacity - chunk->used)
		chunk = new_chunk(m, bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES);
	if (!chunk)
		return NULL;
	chunk->used += bytes;
	return chunk->bytes + chunk->used - bytes;
}

static enum status reserve(struct machine *m, struct values *v, size_t wanted, size_t max,
                           const char *what)
{
	if (wanted <= v->capacity)
		return STATUS_OK;
	if (wanted > max)
		return error_set(m->e, STATUS_UNSUPPORTED, "more than %zu values in the %s", max,
		                 what);
	size_t capacity = v->capacity ? v->capacity : 64;
	while (capacity < wanted)
		capacity *= 2;
	struct pickle_value *items = realloc(v->items, capacity * sizeof(*items));
	if (!items)
		return error_memory(m->e);
	memset(items + v->capacity, 0, (capacity - v->capacity) * sizeof(*items));
	v->items = items;
	v->capacity = capacity;
	return STATUS_OK;
}

/* --- bytes and stack --- */

static enum status take(struct machine *m, size_t n, const unsigned char **bytes)
{
	if (n > m->size - m->at)
		return error_set(m->e, STATUS_TRUNCATED, "unexpected end of the pickle");
	*bytes = m->data + m->at;
	m->at += n;
	return STATUS_OK;
}

/* A little-endian number of n bytes, at most 8. */
static enum status take_number(struct machine *m, size_t n, uint64_t *number)
{
	const unsigned char *bytes = NULL;
	if (take(m, n, &bytes) != STATUS_OK)
		return m->e->status;
	*number = 0;
	while (n-- > 0)
		*number = *number << 8 | bytes[n];
	return STATUS_OK;
}

static enum status push(struct machine *m, struct pickle_value value)
{
	if (reserve(m, &m->stack, m->stack.n + 1, MAX_STACK, "stack") == STATUS_OK)
		m->stack.items[m->stack.n++] = value;
	return m->e->status;
}

static enum status push_integer(struct machine *m, int64_t integer)
{
	return push(m, (struct pickle_value){.kind = PICKLE_INT, .u.integer = integer});
}

static enum status expected(struct machine *m, const char *what, enum pickle_kind found)
{
	return error_set(m->e, STATUS_MALFORMED, "found %s, expected %s", pickle_kind_name(found),
	                 what);
}

static enum status top(struct machine *m, struct pickle_value *value)
{
	if (m->stack.n == 0 || m->stack.items[m->stack.n - 1].kind == PICKLE_MARK)
		return expected(m, "a value", PICKLE_MARK);
	*value = m->stack.items[m->stack.n - 1];
	return STATUS_OK;
}

static enum status pop(struct machine *m, struct pickle_value *value)
{
	if (top(m, value) == STATUS_OK)
		m->stack.n--;
	return m->e->status;
}

static enum status top_is(struct machine *m, enum pickle_kind kind, struct pickle_value *value)
{
	if (top(m, value) == STATUS_OK && value->kind != kind)
		expected(m, pickle_kind_name(kind), value->kind);
	return m->e->status;
}

/* Pops the values above the topmost mark, and the mark; they are valid until the next push. */
static enum status pop_to_mark(struct machine *m, const struct pickle_value **items, size_t *n)
{
	size_t mark = m->stack.n;
	while (mark > 0 && m->stack.items[mark - 1].kind != PICKLE_MARK)
		mark--;
	if (mark == 0)
		return expected(m, "a mark", PICKLE_MARK);
	*items = m->stack.items + mark;
	*n = m->stack.n - mark;
	m->stack.n = mark - 1;
	return STATUS_OK;
}

/* --- tuples, lists and dicts --- */

static enum status push_tuple(struct machine *m, const struct pickle_value *items, size_t n)
{
	struct pickle_value *copy = allocate(m, n * sizeof(*copy));
	if (!copy)
		return m->e->status;
	memcpy(copy, items, n * sizeof(*copy));
	return push(m, (struct pickle_value){PICKLE_TUPLE, (uint32_t)n, {.items = copy}});
}

static enum status push_short_tuple(struct machine *m, size_t n)
{
	struct pickle_value items[3] = {0};
	for (size_t i = n; i-- > 0;) {
		if (pop(m, &items[i]) != STATUS_OK)
			return m->e->status;
	}
	return push_tuple(m, items, n);
}

static enum status push_dict(struct machine *m)
{
	struct pickle_dict *dict = allocate(m, sizeof(*dict));
	if (!dict)
		return m->e->status;
	*dict = (struct pickle_dict){.end = &dict->first};
	return push(m, (struct pickle_value){.kind = PICKLE_DICT, .u.dict = dict});
}

static enum status insert(struct machine *m, struct pickle_dict *dict,
                          const struct pickle_value pair[2])
{
	struct pickle_pair *made = allocate(m, sizeof(*made));
	if (!made)
		return m->e->status;
	*made = (struct pickle_pair){pair[0], pair[1], NULL};
	*dict->end = made;
	dict->end = &made->next;
	dict->n++;
	dict->ntensors += pair[0].kind == PICKLE_TEXT && pair[1].kind == PICKLE_TENSOR;
	return STATUS_OK;
}

static bool text_is(const struct pickle_value *value, const char *text)
{
	return value->kind == PICKLE_TEXT && value->n == strlen(text) &&
	       memcmp(value->u.text, text, value->n) == 0;
}

/* --- globals of a state dict: tensors, storages --- */

static const struct {
	const char *module, *name;
	enum function function;
} functions[] = {
    {"collections", "OrderedDict", ORDERED_DICT},
    {"torch._utils", "_rebuild_tensor_v2", REBUILD_TENSOR},
    {"torch._utils", "_rebuild_parameter", REBUILD_PARAMETER},
};

/* In module torch. */
static const struct pickle_storage_type storage_types[] = {
    {"HalfStorage", true, TENSOR_F16},           {"BFloat16Storage", true, TENSOR_BF16},
    {"FloatStorage", true, TENSOR_F32},          {"DoubleStorage", true, TENSOR_F64},
    {"ByteStorage", .supported = false},         {"CharStorage", .supported = false},
    {"ShortStorage", .supported = false},        {"IntStorage", .supported = false},
    {"LongStorage", .supported = false},         {"BoolStorage", .supported = false},
    {"ComplexFloatStorage", .supported = false}, {"ComplexDoubleStorage", .supported = false},
};

static enum status take_line(struct machine *m, const char **line, size_t *n)
{
	const unsigned char *begin = m->data + m->at;
	const unsigned char *end = memchr(begin, '\n', m->size - m->at);
	if (!end)
		return error_set(m->e, STATUS_TRUNCATED, "unexpected end of the pickle");
	*line = (const char *)begin;
	*n = (size_t)(end - begin);
	m->at += *n + 1;
	return STATUS_OK;
}

static bool same(const char *text, size_t n, const char *allowed_text)
{
	return n == strlen(allowed_text) && memcmp(text, allowed_text, n) == 0;
}

static int shown(size_t n)
{
	return n < 200 ? (int)n : 200;
}

static enum status op_global(struct machine *m)
{
	const char *module = NULL, *name = NULL;
	size_t module_bytes = 0, name_bytes = 0;
	if (take_line(m, &module, &module_bytes) != STATUS_OK ||
	    take_line(m, &name, &name_bytes) != STATUS_OK)
		return m->e->status;
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		if (same(module, module_bytes, functions[i].module) &&
		    same(name, name_bytes, functions[i].name))
			return push(
			    m, (struct pickle_value){.kind = PICKLE_FUNCTION,
			                             .u.function = (int)functions[i].function});
	}
	for (size_t i = 0; i < sizeof(storage_types) / sizeof(*storage_types); i++) {
		if (same(module, module_bytes, "torch") &&
		    same(name, name_bytes, storage_types[i].name))
			return push(m, (struct pickle_value){.kind = PICKLE_STORAGE_TYPE,
			                                     .u.storage_type = &storage_types[i]});
	}
	return error_set(m->e, STATUS_UNSUPPORTED,
	                 "%.*s.%.*s is refused: nothing in a model file is ever executed",
	                 shown(module_bytes), module, shown(name_bytes), name);
}

/* The items of a tuple, if the first ones are of these kinds; more may follow. */
static enum status unpack(struct machine *m, const struct pickle_value *tuple, const char *what,
                          const enum pickle_kind *kinds, size_t n)
{
	if (tuple->kind != PICKLE_TUPLE)
		return expected(m, "a tuple", tuple->kind);
	if (tuple->n < n)
		return error_set(m->e, STATUS_MALFORMED, "%s has only %u parts", what, tuple->n);
	for (size_t i = 0; i < n; i++) {
		if (tuple->u.items[i].kind != kinds[i])
			return error_set(m->e, STATUS_MALFORMED, "%s: part %zu is %s, not %s", what,
			                 i + 1, pickle_kind_name(tuple->u.items[i].kind),
			                 pickle_kind_name(kinds[i]));
	}
	return STATUS_OK;
}

static enum status natural(struct machine *m, const struct pickle_value *value, uint64_t *out)
{
	if (value->kind != PICKLE_INT)
		return expected(m, "an integer", value->kind);
	if (value->u.integer < 0)
		return error_set(m->e, STATUS_MALFORMED, "negative size %lld",
		                 (long long)value->u.integer);
	*out = (uint64_t)value->u.integer;
	return STATUS_OK;
}

/* ('storage', type, key, location, number of elements), on the stack, becomes the storage. */
static enum status op_binpersid(struct machine *m)
{
	static const enum pickle_kind kinds[] = {PICKLE_TEXT, PICKLE_STORAGE_TYPE, PICKLE_TEXT,
	                                         PICKLE_TEXT, PICKLE_INT};
	struct pickle_value id = {0};
	uint64_t nelements = 0;
	if (pop(m, &id) != STATUS_OK || unpack(m, &id, "a storage", kinds, 5) != STATUS_OK)
		return m->e->status;
	if (!text_is(&id.u.items[0], "storage"))
		return error_set(m->e, STATUS_MALFORMED,
		                 "a persistent ID does not refer to a storage");
	if (natural(m, &id.u.items[4], &nelements) != STATUS_OK)
		return m->e->status;
	struct pickle_storage *storage = allocate(m, sizeof(*storage));
	if (!storage)
		return m->e->status;
	*storage = (struct pickle_storage){id.u.items[2], id.u.items[1].u.storage_type, nelements};
	return push(m, (struct pickle_value){.kind = PICKLE_STORAGE, .u.storage = storage});
}

static enum status naturals(struct machine *m, const struct pickle_value *tuple, uint64_t *out)
{
	for (uint32_t i = 0; i < tuple->n; i++) {
		if (natural(m, &tuple->u.items[i], &out[i]) != STATUS_OK)
			return m->e->status;
	}
	return STATUS_OK;
}

/* (storage, offset, shape, stride, requires_grad, hooks[, metadata]) */
static enum status rebuild_tensor(struct machine *m, const struct pickle_value *args)
{
	static const enum pickle_kind kinds[] = {PICKLE_STORAGE, PICKLE_INT,  PICKLE_TUPLE,
	                                         PICKLE_TUPLE,   PICKLE_BOOL, PICKLE_DICT};
	if (unpack(m, args, "a tensor", kinds, 6) != STATUS_OK)
		return m->e->status;
	const struct pickle_value *items = args->u.items;
	if (items[2].n != items[3].n)
		return error_set(m->e, STATUS_MALFORMED, "a tensor of %u dimensions has %u strides",
		                 items[2].n, items[3].n);
	if (items[2].n > TENSOR_MAX_RANK)
		return error_set(m->e, STATUS_UNSUPPORTED, "a tensor has more than %d dimensions",
		                 TENSOR_MAX_RANK);
	struct pickle_tensor *tensor = allocate(m, sizeof(*tensor));
	if (!tensor)
		return m->e->status;
	*tensor = (struct pickle_tensor){.storage = items[0].u.storage, .rank = items[2].n};
	if (natural(m, &items[1], &tensor->offset) != STATUS_OK ||
	    naturals(m, &items[2], tensor->shape) != STATUS_OK ||
	    naturals(m, &items[3], tensor->stride) != STATUS_OK)
		return m->e->status;
	return push(m, (struct pickle_value){.kind = PICKLE_TENSOR, .u.tensor = tensor});
}

/* (tensor, requires_grad, hooks) */
static enum status rebuild_parameter(struct machine *m, const struct pickle_value *args)
{
	static const enum pickle_kind kinds[] = {PICKLE_TENSOR, PICKLE_BOOL, PICKLE_DICT};
	if (unpack(m, args, "a parameter", kinds, 3) != STATUS_OK)
		return m->e->status;
	return push(m, args->u.items[0]);
}

static enum status op_reduce(struct machine *m)
{
	struct pickle_value args = {0}, function = {0};
	if (pop(m, &args) != STATUS_OK || pop(m, &function) != STATUS_OK)
		return m->e->status;
	if (args.kind != PICKLE_TUPLE)
		return expected(m, "a tuple", args.kind);
	if (function.kind != PICKLE_FUNCTION)
		return expected(m, "a function", function.kind);
	if (function.u.function == REBUILD_TENSOR)
		return rebuild_tensor(m, &args);
	if (function.u.function == REBUILD_PARAMETER)
		return rebuild_parameter(m, &args);
	if (args.n > 0)
		return error_set(m->e, STATUS_UNSUPPORTED,
		                 "OrderedDict with arguments is not supported");
	return push_dict(m);
}

/* The only state that may be set, and it is ignored: the module versions that Module.state_dict
 * stores in the attribute _metadata of its OrderedDict. */
static enum status op_build(struct machine *m)
{
	struct pickle_value state = {0}, object = {0};
	if (top_is(m, PICKLE_DICT, &state) != STATUS_OK || pop(m, &state) != STATUS_OK)
		return m->e->status;
	const struct pickle_pair *pair = state.u.dict->first;
	if (top_is(m, PICKLE_DICT, &object) != STATUS_OK)
		return m->e->status;
	if (state.u.dict->n > 1 || (pair && !text_is(&pair->key, "_metadata")))
		return error_set(m->e, STATUS_UNSUPPORTED,
		                 "setting attributes of an object is not supported");
	return STATUS_OK;
}

/* --- the other opcodes --- */

static enum status op_proto(struct machine *m)
{
	uint64_t version = 0;
	if (take_number(m, 1, &version) == STATUS_OK && version != PROTOCOL)
		error_set(m->e, STATUS_UNSUPPORTED,
		          "protocol %u is not supported, only %d, the default of torch.save",
		          (unsigned)version, PROTOCOL);
	return m->e->status;
}

static enum status op_stop(struct machine *m)
{
	m->stopped = true;
	if (pop(m, &m->pickle->value) == STATUS_OK && (m->stack.n > 0 || m->at < m->size))
		error_set(m->e, STATUS_MALFORMED, "trailing data in pickle");
	return m->e->status;
}

static enum status op_mark(struct machine *m)
{
	return push(m, (struct pickle_value){.kind = PICKLE_MARK});
}

static enum status op_none(struct machine *m)
{
	return push(m, (struct pickle_value){.kind = PICKLE_NONE});
}

static enum status op_newtrue(struct machine *m)
{
	return push(m, (struct pickle_value){.kind = PICKLE_BOOL, .u.integer = 1});
}

static enum status op_newfalse(struct machine *m)
{
	return push(m, (struct pickle_value){.kind = PICKLE_BOOL});
}

static enum status op_binint(struct machine *m)
{
	uint64_t number = 0;
	if (take_number(m, 4, &number) != STATUS_OK)
		return m->e->status;
	return push_integer(m, (int64_t)number - (number >> 31 ? INT64_C(1) << 32 : 0));
}

static enum status op_binint1(struct machine *m)
{
	uint64_t number = 0;
	return take_number(m, 1, &number) != STATUS_OK ? m->e->status
	                                               : push_integer(m, (int64_t)number);
}

static enum status op_binint2(struct machine *m)
{
	uint64_t number = 0;
	return take_number(m, 2, &number) != STATUS_OK ? m->e->status
	                                               : push_integer(m, (int64_t)number);
}

/* Two's complement; the first byte is the length. */
static enum status op_long1(struct machine *m)
{
	uint64_t n = 0, number = 0;
	if (take_number(m, 1, &n) != STATUS_OK)
		return m->e->status;
	if (n > 8)
		return error_set(m->e, STATUS_UNSUPPORTED, "integer of %u bytes, more than 8",
		                 (unsigned)n);
	if (take_number(m, (size_t)n, &number) != STATUS_OK)
		return m->e->status;
	if (n > 0 && n < 8 && number >> (8 * n - 1))
		number |= UINT64_MAX << 8 * n;
	int64_t integer;
	memcpy(&integer, &number, sizeof(integer));
	return push_integer(m, integer);
}

static enum status op_binfloat(struct machine *m)
{
	const unsigned char *bytes = NULL;
	if (take(m, 8, &bytes) != STATUS_OK)
		return m->e->status;
	return push(m, (struct pickle_value){.kind = PICKLE_FLOAT});
}

static enum status op_binunicode(struct machine *m)
{
	const unsigned char *text = NULL;
	uint64_t n = 0;
	if (take_number(m, 4, &n) != STATUS_OK)
		return m->e->status;
	if (n > MAX_TEXT_BYTES)
		return error_set(m->e, STATUS_UNSUPPORTED, "a string of %llu bytes",
		                 (unsigned long long)n);
	if (take(m, (size_t)n, &text) != STATUS_OK)
		return m->e->status;
	return push(m,
	            (struct pickle_value){PICKLE_TEXT, (uint32_t)n, {.text = (const char *)text}});
}

static enum status op_empty_list(struct machine *m)
{
	return push(m, (struct pickle_value){.kind = PICKLE_LIST});
}

static enum status op_append(struct machine *m)
{
	struct pickle_value item = {0}, list = {0};
	return pop(m, &item) != STATUS_OK ? m->e->status : top_is(m, PICKLE_LIST, &list);
}

static enum status op_appends(struct machine *m)
{
	const struct pickle_value *items = NULL;
	struct pickle_value list = {0};
	size_t n = 0;
	return pop_to_mark(m, &items, &n) != STATUS_OK ? m->e->status
	                                               : top_is(m, PICKLE_LIST, &list);
}

static enum status op_empty_tuple(struct machine *m)
{
	return push_short_tuple(m, 0);
}

static enum status op_tuple1(struct machine *m)
{
	return push_short_tuple(m, 1);
}

static enum status op_tuple2(struct machine *m)
{
	return push_short_tuple(m, 2);
}

static enum status op_tuple3(struct machine *m)
{
	return push_short_tuple(m, 3);
}

static enum status op_tuple(struct machine *m)
{
	const struct pickle_value *items = NULL;
	size_t n = 0;
	return pop_to_mark(m, &items, &n) != STATUS_OK ? m->e->status : push_tuple(m, items, n);
}

static enum status op_empty_dict(struct machine *m)
{
	return push_dict(m);
}

static enum status op_setitem(struct machine *m)
{
	struct pickle_value pair[2] = {0}, dict = {0};
	if (pop(m, &pair[1]) != STATUS_OK || pop(m, &pair[0]) != STATUS_OK ||
	    top_is(m, PICKLE_DICT, &dict) != STATUS_OK)
		return m->e->status;
	return insert(m, dict.u.dict, pair);
}

static enum status op_setitems(struct machine *m)
{
	const struct pickle_value *items = NULL;
	struct pickle_value dict = {0};
	size_t n = 0;
	if (pop_to_mark(m, &items, &n) != STATUS_OK || top_is(m, PICKLE_DICT, &dict) != STATUS_OK)
		return m->e->status;
	if (n % 2)
		return error_set(m->e, STATUS_MALFORMED, "a key without a value");
	for (size_t i = 0; i < n; i += 2) {
		if (insert(m, dict.u.dict, items + i) != STATUS_OK)
			return m->e->status;
	}
	return STATUS_OK;
}

static enum status memo_put(struct machine *m, size_t index_bytes)
{
	struct pickle_value value = {0};
	uint64_t index = 0;
	if (take_number(m, index_bytes, &index) != STATUS_OK || top(m, &value) != STATUS_OK ||
	    reserve(m, &m->memo, (size_t)index + 1, MAX_MEMO, "memo") != STATUS_OK)
		return m->e->status;
	m->memo.items[index] = value;
	return STATUS_OK;
}

static enum status memo_get(struct machine *m, size_t index_bytes)
{
	uint64_t index = 0;
	if (take_number(m, index_bytes, &index) != STATUS_OK)
		return m->e->status;
	if (index >= m->memo.capacity || m->memo.items[index].kind == PICKLE_MARK)
		return error_set(m->e, STATUS_MALFORMED, "memo entry %llu is not set",
		                 (unsigned long long)index);
	return push(m, m->memo.items[index]);
}

static enum status op_binput(struct machine *m)
{
	return memo_put(m, 1);
}

static enum status op_long_binput(struct machine *m)
{
	return memo_put(m, 4);
}

static enum status op_binget(struct machine *m)
{
	return memo_get(m, 1);
}

static enum status op_long_binget(struct machine *m)
{
	return memo_get(m, 4);
}

/* All opcodes, as in Python's pickletools; those without a function are refused. */
static const struct {
	const char *name;
	enum status (*run)(struct machine *m);
} opcodes[256] = {
    [0x80] = {"PROTO", op_proto},
    ['.'] = {"STOP", op_stop},
    ['('] = {"MARK", op_mark},
    ['c'] = {"GLOBAL", op_global},
    ['R'] = {"REDUCE", op_reduce},
    ['b'] = {"BUILD", op_build},
    ['Q'] = {"BINPERSID", op_binpersid},
    ['N'] = {"NONE", op_none},
    [0x88] = {"NEWTRUE", op_newtrue},
    [0x89] = {"NEWFALSE", op_newfalse},
    ['J'] = {"BININT", op_binint},
    ['K'] = {"BININT1", op_binint1},
    ['M'] = {"BININT2", op_binint2},
    [0x8a] = {"LONG1", op_long1},
    ['G'] = {"BINFLOAT", op_binfloat},
    ['X'] = {"BINUNICODE", op_binunicode},
    [']'] = {"EMPTY_LIST", op_empty_list},
    ['a'] = {"APPEND", op_append},
    ['e'] = {"APPENDS", op_appends},
    [')'] = {"EMPTY_TUPLE", op_empty_tuple},
    ['t'] = {"TUPLE", op_tuple},
    [0x85] = {"TUPLE1", op_tuple1},
    [0x86] = {"TUPLE2", op_tuple2},
    [0x87] = {"TUPLE3", op_tuple3},
    ['}'] = {"EMPTY_DICT", op_empty_dict},
    ['s'] = {"SETITEM", op_setitem},
    ['u'] = {"SETITEMS", op_setitems},
    ['q'] = {"BINPUT", op_binput},
    ['r'] = {"LONG_BINPUT", op_long_binput},
    ['h'] = {"BINGET", op_binget},
    ['j'] = {"LONG_BINGET", op_long_binget},
    ['I'] = {"INT", NULL},
    ['L'] = {"LONG", NULL},
    [0x8b] = {"LONG4", NULL},
    ['S'] = {"STRING", NULL},
    ['T'] = {"BINSTRING", NULL},
    ['U'] = {"SHORT_BINSTRING", NULL},
    ['B'] = {"BINBYTES", NULL},
    ['C'] = {"SHORT_BINBYTES", NULL},
    [0x8e] = {"BINBYTES8", NULL},
    [0x96] = {"BYTEARRAY8", NULL},
    [0x97] = {"NEXT_BUFFER", NULL},
    [0x98] = {"READONLY_BUFFER", NULL},
    ['V'] = {"UNICODE", NULL},
    [0x8c] = {"SHORT_BINUNICODE", NULL},
    [0x8d] = {"BINUNICODE8", NULL},
    ['F'] = {"FLOAT", NULL},
    ['l'] = {"LIST", NULL},
    ['d'] = {"DICT", NULL},
    [0x8f] = {"EMPTY_SET", NULL},
    [0x90] = {"ADDITEMS", NULL},
    [0x91] = {"FROZENSET", NULL},
    ['0'] = {"POP", NULL},
    ['1'] = {"POP_MARK", NULL},
    ['2'] = {"DUP", NULL},
    ['g'] = {"GET", NULL},
    ['p'] = {"PUT", NULL},
    [0x94] = {"MEMOIZE", NULL},
    [0x82] = {"EXT1", NULL},
    [0x83] = {"EXT2", NULL},
    [0x84] = {"EXT4", NULL},
    [0x93] = {"STACK_GLOBAL", NULL},
    ['i'] = {"INST", NULL},
    ['o'] = {"OBJ", NULL},
    [0x81] = {"NEWOBJ", NULL},
    [0x92] = {"NEWOBJ_EX", NULL},
    [0x95] = {"FRAME", NULL},
    ['P'] = {"PERSID", NULL},
};

static enum status step(struct machine *m)
{
	size_t begin = m->at;
	const unsigned char *code = NULL;
	if (take(m, 1, &code) == STATUS_OK) {
		if (opcodes[*code].run)
			opcodes[*code].run(m);
		else if (opcodes[*code].name)
			error_set(m->e, STATUS_UNSUPPORTED,
			          "the opcode %s is refused: no state dict needs it",
			          opcodes[*code].name);
		else
			error_set(m->e, STATUS_MALFORMED, "unknown opcode 0x%02x", *code);
	}
	if (m->e->status != STATUS_OK)
		error_prefix(m->e, "pickle (byte %zu): ", begin);
	return m->e->status;
}

enum status pickle_load(const unsigned char *data, size_t n, struct pickle *out, struct error *e)
{
	struct pickle made = {0};
	struct machine m = {.data = data, .size = n, .pickle = &made, .e = e};
	while (!m.stopped && step(&m) == STATUS_OK)
		continue;
	free(m.stack.items);
	free(m.memo.items);
	if (e->status == STATUS_OK)
		*out = made;
	else
		pickle_release(&made);
	return e->status;
}
