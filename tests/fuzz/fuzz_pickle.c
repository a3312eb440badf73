/* Pickles: the input alone, and as data.pkl of an archive that is good otherwise (model/pickle.h,
 * model/torch_dict.h, model/torch_file.h). */
#include "model.h"
#include "model/pickle.h"
#include "model/torch_dict.h"
#include "model/torch_file.h"

enum { MAX_DEPTH = 20, MAX_VALUES = 1000 };

static size_t nvalues;

/* Values are of a known kind, texts lie within the pickle. What is nested deeper or is of more
 * parts (shared ones count each time) is not looked at. */
static void check_value(const struct pickle_value *v, const uint8_t *data, size_t size, int depth)
{
	must(v->kind != PICKLE_MARK && pickle_kind_name(v->kind));
	if (depth == MAX_DEPTH || ++nvalues > MAX_VALUES)
		return;
	if (v->kind == PICKLE_TEXT) {
		size_t begin = (size_t)((const uint8_t *)v->u.text - data);
		must(begin <= size && v->n <= size - begin);
	} else if (v->kind == PICKLE_TUPLE) {
		for (uint32_t i = 0; i < v->n; i++)
			check_value(&v->u.items[i], data, size, depth + 1);
	} else if (v->kind == PICKLE_DICT) {
		size_t n = 0;
		for (const struct pickle_pair *p = v->u.dict->first; p; p = p->next, n++) {
			check_value(&p->key, data, size, depth + 1);
			check_value(&p->value, data, size, depth + 1);
		}
		must(n == v->u.dict->n);
	} else if (v->kind == PICKLE_STORAGE) {
		check_value(&v->u.storage->key, data, size, depth + 1);
	} else if (v->kind == PICKLE_TENSOR) {
		must(v->u.tensor->rank <= TENSOR_MAX_RANK);
		check_value(&v->u.tensor->storage->key, data, size, depth + 1);
	}
}

/* The state dict, if there is one and all of its tensors are ours; else NULL. */
static const struct pickle_dict *find_dict(const struct pickle_value *value)
{
	struct error e = {0};
	const struct pickle_dict *dict = NULL;
	size_t n = 0;
	torch_dict_find(value, &dict, &e);
	fuzz_check_error(&e);
	for (const struct pickle_pair *p = dict ? dict->first : NULL; p; p = p->next, n++) {
		must(p->key.kind == PICKLE_TEXT && p->value.kind == PICKLE_TENSOR);
		torch_dict_check(p->value.u.tensor, &e);
		fuzz_check_error(&e);
	}
	must(!dict || dict->n == n);
	return e.status == STATUS_OK ? dict : NULL;
}

static void put16(unsigned v, FILE *f)
{
	putc((int)(v & 255), f);
	putc((int)(v >> 8 & 255), f);
}

static void put32(size_t v, FILE *f)
{
	put16(v & 65535, f);
	put16(v >> 16 & 65535, f);
}

struct entry {
	const char *name;
	const void *data;
	size_t size, begin; /* where its header is */
};

/* What local header and directory have in common (APPNOTE 4.3.7, 4.3.12). */
static void put_entry(const struct entry *entry, FILE *f)
{
	put16(20, f); /* version */
	put32(0, f);  /* flags, stored */
	put32(0, f);  /* time */
	put32(fuzz_crc32(entry->data, entry->size), f);
	put32(entry->size, f);
	put32(entry->size, f);
	put16((unsigned)strlen(entry->name), f);
	put16(0, f); /* extra */
}

static void write_archive(struct entry *entries, unsigned n, FILE *f)
{
	for (unsigned i = 0; i < n; i++) {
		entries[i].begin = (size_t)ftell(f);
		fputs("PK\3\4", f);
		put_entry(&entries[i], f);
		fputs(entries[i].name, f);
		fwrite(entries[i].data, 1, entries[i].size, f);
	}
	size_t begin = (size_t)ftell(f);
	for (unsigned i = 0; i < n; i++) {
		fputs("PK\1\2", f);
		put16(20, f);
		put_entry(&entries[i], f);
		put16(0, f); /* comment */
		put32(0, f); /* disk, internal attributes */
		put32(0, f); /* external attributes */
		put32(entries[i].begin, f);
		fputs(entries[i].name, f);
	}
	size_t end = (size_t)ftell(f);
	fputs("PK\5\6", f);
	put32(0, f); /* disks */
	put16(n, f);
	put16(n, f);
	put32(end - begin, f);
	put32(begin, f);
	put16(0, f);
}

static const char records[2][64] = {"record of 16 ...",
                                    "record of 64: all of its bytes are told apart"};

/* Each tensor has its name from the pickle, and its data from its place in its record. */
static void must_be_those(const struct tensors *t, const struct pickle_dict *dict)
{
	const struct pickle_pair *p = dict->first;
	size_t prefix = torch_dict_prefix(dict);
	must(t->nitems == dict->n);
	for (size_t i = 0; i < t->nitems; i++, p = p->next) {
		const struct pickle_tensor *expected = p->value.u.tensor;
		const struct tensor *found = &t->items[i];
		const char *record = records[expected->storage->key.u.text[0] - '0'];
		size_t element = tensor_type_bytes(found->type);
		must(prefix + strlen(found->name) == p->key.n &&
		     memcmp(found->name, p->key.u.text + prefix, p->key.n - prefix) == 0);
		must(found->type == expected->storage->type->type && found->rank == expected->rank);
		must(memcmp(found->shape, expected->shape, found->rank * sizeof(*found->shape)) ==
		     0);
		must(memcmp(found->data, record + expected->offset * element,
		            found->nelements * element) == 0);
	}
}

/* What can be read is the pickle's state dict, and the contents of the records beside it. */
static void in_archive(const uint8_t *data, size_t size, const struct pickle_dict *dict)
{
	struct entry entries[] = {{"a/data.pkl", data, size, 0},
	                          {"a/version", "3\n", 2, 0},
	                          {"a/data/0", records[0], 16, 0},
	                          {"a/data/1", records[1], 64, 0}};
	struct bytes file;
	struct tensors t = {0};
	struct error e = {0};
	bytes_begin(&file);
	write_archive(entries, 4, file.f);
	bytes_end(&file);
	torch_file_parse((unsigned char *)file.data, file.size, &t, &e);
	fuzz_check_error(&e);
	check_tensors(&t, file.data, file.size);
	if (e.status == STATUS_OK) {
		must(dict);
		must_be_those(&t, dict);
		write_again(&t, true);
	}
	tensors_release(&t);
	bytes_release(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pickle pickle = {0};
	struct error e = {0};
	const struct pickle_dict *dict = NULL;
	nvalues = 0;
	if (pickle_load(data, size, &pickle, &e) == STATUS_OK) {
		check_value(&pickle.value, data, size, 0);
		dict = find_dict(&pickle.value);
	}
	fuzz_check_error(&e);
	in_archive(data, size, dict);
	pickle_release(&pickle);
	return 0;
}
