/* Knows PyTorch's zip archives; the only file that knows libzip. Does not know what a pickle is
 * made of or what the tensors are for. */
#include "torchfile.h"

#include "num.h"
#include "pickle.h"
#include "torchdict.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum {
	MAX_ENTRIES = 1 << 17,
	MAX_NAME_BYTES = 1 << 10,
	MAX_PICKLE_BYTES = 32 << 20,
	MAX_VERSION = 10, /* of PyTorch's archives; torch.save writes 3 */
	ALIGNMENT = 64,
};

static const char pickle_name[] = "/data.pkl";

struct archive {
	zip_t *zip;
	size_t size;     /* of the file */
	uint64_t n;      /* entries */
	size_t *place;   /* of each entry's bytes in the tensors' memory, or NOWHERE */
	size_t used;     /* bytes of that memory */
	size_t stored;   /* bytes of the entries placed so far */
	const char *pkl; /* name of the pickle's entry */
	int prefix;      /* bytes of pkl in front of pickle_name */
};

#define NOWHERE SIZE_MAX

bool torchfile_recognise(const unsigned char *head, size_t n)
{
	return n >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0);
}

bool torchfile_recognise_legacy(const unsigned char *head, size_t n)
{
	static const unsigned char magic[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c,
	                                      0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
	return n >= sizeof(magic) && memcmp(head, magic, sizeof(magic)) == 0;
}

static enum status zip_failure(struct error *e, const char *what, zip_error_t *why)
{
	if (zip_error_code_zip(why) == ZIP_ER_MEMORY)
		return error_memory(e);
	if (zip_error_code_zip(why) == ZIP_ER_NOZIP)
		return error_set(e, STATUS_TRUNCATED,
		                 "%s: unexpected end of input: its directory is missing", what);
	return error_set(e, STATUS_MALFORMED, "%s: %s", what, zip_error_strerror(why));
}

/* --- entries --- */

/* Refuses what torch.save does not write. An entry of another name than itself is a second one
 * of that name. */
static enum status check_entry(const struct archive *a, uint64_t i, zip_stat_t *st,
                               struct error *e)
{
	const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
	                            ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
	if (zip_stat_index(a->zip, i, 0, st) != 0)
		return zip_failure(e, "zip archive", zip_get_error(a->zip));
	if ((st->valid & needed) != needed)
		return error_set(e, STATUS_MALFORMED, "zip archive: entry %llu lacks its sizes",
		                 (unsigned long long)i);
	if (zip_name_locate(a->zip, st->name, 0) != (zip_int64_t)i)
		return error_set(e, STATUS_MALFORMED, "record %s is there twice", st->name);
	if (st->encryption_method != ZIP_EM_NONE)
		return error_set(e, STATUS_UNSUPPORTED, "record %s is encrypted", st->name);
	if (st->comp_method != ZIP_CM_STORE)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "record %s is compressed, which torch.save never does", st->name);
	if (st->size != st->comp_size || st->size > a->size)
		return error_set(e, STATUS_MALFORMED, "record %s: its size is wrong", st->name);
	return STATUS_OK;
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);
	return n >= m && strcmp(text + n - m, end) == 0;
}

/* The only entry that is called NAME/data.pkl. */
static enum status find_pickle(struct archive *a, struct error *e)
{
	for (uint64_t i = 0; i < a->n; i++) {
		const char *name = zip_get_name(a->zip, i, 0);
		if (!name || !ends_in(name, pickle_name))
			continue;
		if (a->pkl)
			return error_set(e, STATUS_MALFORMED, "there are two pickles: %s and %s",
			                 a->pkl, name);
		if (strlen(name) > MAX_NAME_BYTES / 2)
			return error_set(e, STATUS_UNSUPPORTED, "the name of data.pkl is too long");
		a->pkl = name;
	}
	if (!a->pkl)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "a zip archive without data.pkl: not written by torch.save");
	a->prefix = (int)(strlen(a->pkl) - strlen(pickle_name));
	return STATUS_OK;
}

/* The number of the entry PREFIX/name, or -1. */
static zip_int64_t locate(const struct archive *a, const char *folder, int n, const char *name)
{
	char path[MAX_NAME_BYTES];
	int length = snprintf(path, sizeof(path), "%.*s/%s%.*s", a->prefix, a->pkl, folder, n, name);
	if (length < 0 || (size_t)length >= sizeof(path))
		return -1;
	return zip_name_locate(a->zip, path, 0);
}

static zip_int64_t locate_record(const struct archive *a, const char *name)
{
	return locate(a, "", (int)strlen(name), name);
}

/* All n bytes of an entry of that size. Reading on to its end is what makes libzip compare the
 * checksum. */
static enum status read_entry(struct archive *a, uint64_t i, unsigned char *out, size_t n,
                              struct error *e)
{
	unsigned char beyond;
	zip_file_t *file = zip_fopen_index(a->zip, i, 0);
	const char *name = zip_get_name(a->zip, i, 0);
	zip_int64_t got = 1;
	if (!file) {
		zip_failure(e, name, zip_get_error(a->zip));
		return error_prefix(e, "record ");
	}
	for (size_t used = 0; got > 0; used += (size_t)got) {
		bool whole = used == n;
		got = zip_fread(file, whole ? &beyond : out + used, whole ? 1 : n - used);
		if (got < 0) {
			zip_failure(e, name, zip_file_get_error(file));
			error_prefix(e, "record ");
			break;
		}
		if ((got == 0) != whole) {
			error_set(e, STATUS_MALFORMED, "record %s: its size is wrong", name);
			break;
		}
	}
	zip_fclose(file);
	return e->status;
}

/* The text of a small record, "" if it is missing. */
static enum status read_small(struct archive *a, const char *name, char text[16], struct error *e)
{
	zip_int64_t i = locate_record(a, name);
	zip_stat_t st;
	text[0] = '\0';
	if (i < 0)
		return STATUS_OK;
	if (zip_stat_index(a->zip, (zip_uint64_t)i, 0, &st) != 0 || st.size >= 16)
		return error_set(e, STATUS_MALFORMED, "record %s is not what it should be", name);
	if (read_entry(a, (uint64_t)i, (unsigned char *)text, (size_t)st.size, e) == STATUS_OK)
		text[st.size] = '\0';
	return e->status;
}

static enum status check_entries(struct archive *a, struct error *e)
{
	for (uint64_t i = 0; i < a->n; i++) {
		zip_stat_t st;
		if (check_entry(a, i, &st, e) != STATUS_OK)
			return e->status;
		a->place[i] = NOWHERE;
	}
	return STATUS_OK;
}

static enum status check_kind(struct archive *a, struct error *e)
{
	char version[16], byteorder[16];
	uint64_t number;
	if (locate_record(a, "constants.pkl") >= 0)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "a TorchScript archive, a program: save model.state_dict() by "
		                 "torch.save instead");
	if (check_entries(a, e) != STATUS_OK || read_small(a, "version", version, e) != STATUS_OK ||
	    read_small(a, "byteorder", byteorder, e) != STATUS_OK)
		return e->status;
	version[strcspn(version, "\n")] = '\0';
	if (!num_parse_u64(version, 1, MAX_VERSION, &number))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "record version is '%s', not a number from 1 to %d", version,
		                 MAX_VERSION);
	if (byteorder[0] && strcmp(byteorder, "little") != 0)
		return error_set(e, STATUS_UNSUPPORTED, "the byte order is '%s', not little",
		                 byteorder);
	return STATUS_OK;
}

/* --- storages --- */

static int shown(const struct value *text)
{
	return text->n < MAX_NAME_BYTES ? (int)text->n : MAX_NAME_BYTES;
}

/* The entry of a storage, which has the size that the storage claims. */
static enum status find_storage(const struct archive *a, const struct pickle_storage *storage,
                                uint64_t *entry, zip_stat_t *st, struct error *e)
{
	const struct value *key = &storage->key;
	zip_int64_t i = locate(a, "data/", shown(key), key->u.text);
	uint64_t bytes;
	if (i < 0 || zip_stat_index(a->zip, (zip_uint64_t)i, 0, st) != 0)
		return error_set(e, STATUS_MALFORMED, "record data/%.*s is missing", shown(key),
		                 key->u.text);
	if (!num_mul(storage->nelements, tensor_type_bytes(storage->type->type), &bytes) ||
	    bytes != st->size)
		return error_set(e, STATUS_MALFORMED,
		                 "a storage of %llu elements (%s), but record %s has %llu bytes",
		                 (unsigned long long)storage->nelements,
		                 tensor_type_name(storage->type->type), st->name,
		                 (unsigned long long)st->size);
	*entry = (uint64_t)i;
	return STATUS_OK;
}

/* Gives the tensor's storage a place, unless another tensor has done so. */
static enum status place_storage(struct archive *a, const struct pickle_tensor *tensor,
                                 struct error *e)
{
	uint64_t i = 0;
	zip_stat_t st;
	if (torchdict_check(tensor, e) != STATUS_OK ||
	    find_storage(a, tensor->storage, &i, &st, e) != STATUS_OK || a->place[i] != NOWHERE)
		return e->status;
	if (st.size > a->size - a->stored)
		return error_set(e, STATUS_MALFORMED, "the records are larger than the file");
	a->stored += (size_t)st.size;
	a->place[i] = (a->used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	a->used = a->place[i] + (size_t)st.size;
	return STATUS_OK;
}

static enum status place_all(struct archive *a, const struct pickle_dict *dict, struct error *e)
{
	for (const struct pickle_pair *p = dict->first; p; p = p->next) {
		if (place_storage(a, p->value.u.tensor, e) != STATUS_OK)
			return error_prefix(e, "tensor %.*s: ", shown(&p->key), p->key.u.text);
	}
	return STATUS_OK;
}

static void release_memory(void *memory, size_t bytes)
{
	(void)bytes;
	free(memory);
}

static enum status read_all(struct archive *a, struct tensors *out, struct error *e)
{
	unsigned char *memory = malloc(a->used + 1);
	if (!memory)
		return error_memory(e);
	out->owned = memory;
	out->owned_bytes = a->used;
	out->release_owned = release_memory;
	for (uint64_t i = 0; i < a->n; i++) {
		zip_stat_t st;
		if (a->place[i] != NOWHERE && zip_stat_index(a->zip, i, 0, &st) == 0 &&
		    read_entry(a, i, memory + a->place[i], (size_t)st.size, e) != STATUS_OK)
			return e->status;
	}
	return STATUS_OK;
}

/* Names come from the pickle, any bytes; tensors_add judges the rest. */
static enum status add_tensor(const struct archive *a, const struct pickle_pair *pair,
                              struct tensors *out, struct error *e)
{
	const struct pickle_tensor *tensor = pair->value.u.tensor;
	enum tensor_type type = tensor->storage->type->type;
	char name[MAX_NAME_BYTES];
	uint64_t i = 0;
	zip_stat_t st;
	if (pair->key.n >= sizeof(name) || memchr(pair->key.u.text, '\0', pair->key.n))
		return error_set(e, STATUS_UNSUPPORTED, "a tensor's name of %u bytes, or with a NUL",
		                 pair->key.n);
	memcpy(name, pair->key.u.text, pair->key.n);
	name[pair->key.n] = '\0';
	if (find_storage(a, tensor->storage, &i, &st, e) != STATUS_OK)
		return e->status;
	const unsigned char *data = (unsigned char *)out->owned + a->place[i] +
	                            (size_t)tensor->offset * tensor_type_bytes(type);
	return tensors_add(out, name, type, tensor->rank, tensor->shape, data, e);
}

static enum status take_tensors(struct archive *a, const struct value *value,
                                struct tensors *out, struct error *e)
{
	const struct pickle_dict *dict = NULL;
	if (torchdict_find(value, &dict, e) != STATUS_OK || place_all(a, dict, e) != STATUS_OK ||
	    read_all(a, out, e) != STATUS_OK)
		return e->status;
	for (const struct pickle_pair *p = dict->first; p; p = p->next) {
		if (add_tensor(a, p, out, e) != STATUS_OK)
			return e->status;
	}
	return tensors_note(out, "origin", "PyTorch state dict", e);
}

static enum status take_pickle(struct archive *a, struct tensors *out, struct error *e)
{
	struct pickle pickle = {0};
	zip_stat_t st;
	zip_int64_t i = locate_record(a, pickle_name + 1);
	if (i < 0 || zip_stat_index(a->zip, (zip_uint64_t)i, 0, &st) != 0)
		return error_set(e, STATUS_MALFORMED, "record data.pkl is missing");
	if (st.size > MAX_PICKLE_BYTES)
		return error_set(e, STATUS_UNSUPPORTED, "a pickle of %llu bytes is too large",
		                 (unsigned long long)st.size);
	unsigned char *bytes = malloc((size_t)st.size + 1);
	if (!bytes)
		return error_memory(e);
	if (read_entry(a, (uint64_t)i, bytes, (size_t)st.size, e) == STATUS_OK &&
	    pickle_load(bytes, (size_t)st.size, &pickle, e) == STATUS_OK)
		take_tensors(a, &pickle.value, out, e);
	pickle_release(&pickle);
	free(bytes);
	return e->status;
}

/* --- the archive --- */

static enum status open_zip(const unsigned char *data, size_t size, zip_t **zip, struct error *e)
{
	zip_error_t why;
	zip_error_init(&why);
	zip_source_t *source = zip_source_buffer_create(data, size, 0, &why);
	*zip = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
	if (!*zip) {
		zip_source_free(source);
		zip_failure(e, "zip archive", &why);
	}
	zip_error_fini(&why);
	return e->status;
}

/* libzip looks for the directory's end from behind and passes over what is not. */
static enum status check_end(zip_t *zip, const unsigned char *data, size_t size, struct error *e)
{
	int comment_bytes = 0;
	zip_get_archive_comment(zip, &comment_bytes, ZIP_FL_ENC_RAW);
	size_t end_bytes = 22 + (size_t)comment_bytes;
	if (size < end_bytes || memcmp(data + size - end_bytes, "PK\5\6", 4) != 0)
		return error_set(e, STATUS_MALFORMED, "trailing bytes after the zip archive");
	return STATUS_OK;
}

enum status torchfile_parse(const unsigned char *data, size_t size, struct tensors *out,
                            struct error *e)
{
	struct archive a = {.size = size};
	if (open_zip(data, size, &a.zip, e) != STATUS_OK)
		return e->status;
	a.n = (uint64_t)zip_get_num_entries(a.zip, 0);
	a.place = a.n <= MAX_ENTRIES ? calloc((size_t)a.n + 1, sizeof(*a.place)) : NULL;
	if (a.n > MAX_ENTRIES)
		error_set(e, STATUS_UNSUPPORTED, "more than %d records", MAX_ENTRIES);
	else if (!a.place)
		error_memory(e);
	else if (check_end(a.zip, data, size, e) == STATUS_OK && find_pickle(&a, e) == STATUS_OK &&
	         check_kind(&a, e) == STATUS_OK)
		take_pickle(&a, out, e);
	free(a.place);
	zip_discard(a.zip);
	return e->status;
}
