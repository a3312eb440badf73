/* Archives of torch.save. */
#include "model/torch_file.h"

#include "archive/zip_archive.h"
#include "base/checked.h"
#include "base/decimal.h"
#include "model/pickle.h"
#include "model/torch_dict.h"
#include "threads/threads.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
	MAX_NAME_BYTES = 1 << 10,
	MAX_PICKLE_BYTES = 32 << 20,
	MAX_VERSION = 10, /* of PyTorch's archives; torch.save writes 3 */
	MAX_COPIES = 16,  /* of the file's bytes, by tensors that share storages */
};

static const char pickle_name[] = "/data.pkl";

struct archive {
	struct zip_archive zip;
	size_t size;                    /* of the file */
	uint64_t used;                  /* bytes of the tensors taken so far */
	struct zip_archive_record *pkl; /* the pickle */
	size_t prefix;                  /* bytes of its name before pickle_name */
};

bool torch_file_recognise(const unsigned char *head, size_t n)
{
	return n >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0);
}

bool torch_file_recognise_legacy(const unsigned char *head, size_t n)
{
	static const unsigned char magic[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c,
	                                      0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
	return n >= sizeof(magic) && memcmp(head, magic, sizeof(magic)) == 0;
}

/* --- records --- */

static bool is_pickle(const struct zip_archive_record *r)
{
	size_t n = strlen(pickle_name);
	return r->name_bytes >= n && memcmp(r->name + r->name_bytes - n, pickle_name, n) == 0;
}

/* The only record that is called NAME/data.pkl. */
static enum status find_pickle(struct archive *a, struct error *e)
{
	for (size_t i = 0; i < a->zip.nrecords; i++) {
		struct zip_archive_record *r = &a->zip.records[i];
		if (!is_pickle(r))
			continue;
		if (a->pkl)
			return error_set(e, STATUS_MALFORMED, "more than one pickle: %.*s and %.*s",
			                 (int)a->pkl->name_bytes, a->pkl->name, (int)r->name_bytes,
			                 r->name);
		a->pkl = r;
	}
	if (!a->pkl)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "a zip archive without data.pkl: not written by torch.save");
	a->prefix = a->pkl->name_bytes - strlen(pickle_name);
	return STATUS_OK;
}

/* The record PREFIX/folder name, or NULL. */
static struct zip_archive_record *locate(const struct archive *a, const char *folder,
                                         const char *name, size_t n)
{
	char path[2 * MAX_NAME_BYTES];
	int length = snprintf(path, sizeof(path), "%.*s/%s", (int)a->prefix, a->pkl->name, folder);
	if (length < 0 || n > sizeof(path) - (size_t)length)
		return NULL;
	memcpy(path + length, name, n);
	return zip_archive_find(&a->zip, path, (size_t)length + n);
}

/* The text of a small record, "" if it is missing. */
static enum status read_small(struct archive *a, const char *name, char text[16], struct error *e)
{
	struct zip_archive_record *r = locate(a, "", name, strlen(name));
	text[0] = '\0';
	if (!r)
		return STATUS_OK;
	if (r->size >= 16)
		return error_set(e, STATUS_MALFORMED, "record %s is malformed", name);
	memcpy(text, r->data, r->size);
	text[r->size] = '\0';
	return zip_archive_verify(&a->zip, r, e);
}

static enum status check_kind(struct archive *a, struct error *e)
{
	char version[16], byteorder[16];
	uint64_t number;
	if (locate(a, "", "constants.pkl", strlen("constants.pkl")))
		return error_set(
		    e, STATUS_UNSUPPORTED,
		    "a TorchScript program, not a state dict: save model.state_dict() with "
		    "torch.save instead");
	if (read_small(a, "version", version, e) != STATUS_OK ||
	    read_small(a, "byteorder", byteorder, e) != STATUS_OK)
		return e->status;
	version[strcspn(version, "\n")] = '\0';
	if (!decimal_parse_u64(version, 1, MAX_VERSION, &number))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "record version is '%s', not a number from 1 to %d", version,
		                 MAX_VERSION);
	if (byteorder[0] && strcmp(byteorder, "little") != 0)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "byte order '%s' is not supported, only little", byteorder);
	return STATUS_OK;
}

/* --- storages --- */

static int shown(const struct pickle_value *text)
{
	return text->n < MAX_NAME_BYTES ? (int)text->n : MAX_NAME_BYTES;
}

/* The record of a storage; its size must be the one that the storage claims. */
static enum status find_storage(struct archive *a, const struct pickle_storage *storage,
                                struct zip_archive_record **record, struct error *e)
{
	const struct pickle_value *key = &storage->key;
	struct zip_archive_record *r = locate(a, "data/", key->u.text, key->n);
	uint64_t bytes;
	if (!r)
		return error_set(e, STATUS_MALFORMED, "record data/%.*s is missing", shown(key),
		                 key->u.text);
	if (!checked_mul(storage->nelements, tensor_type_bytes(storage->type->type), &bytes) ||
	    bytes != r->size)
		return error_set(e, STATUS_MALFORMED,
		                 "a storage of %llu elements (%s), but record %.*s has %zu bytes",
		                 (unsigned long long)storage->nelements,
		                 tensor_type_name(storage->type->type), (int)r->name_bytes, r->name,
		                 r->size);
	*record = r;
	return STATUS_OK;
}

/* Tensors that share a storage must not make a small file large: 64 GB out of 1 MB. */
static enum status count_bytes(struct archive *a, const struct pickle_tensor *tensor,
                               struct error *e)
{
	uint64_t bytes = tensor_type_bytes(tensor->storage->type->type);
	for (unsigned i = 0; i < tensor->rank; i++)
		bytes *= tensor->shape[i]; /* cannot wrap: it lies within its storage, or is 0 */
	a->used += bytes;
	if (a->used > MAX_COPIES * (uint64_t)a->size)
		return error_set(e, STATUS_UNSUPPORTED,
		                 "the tensors take more than %d times the size of the file",
		                 MAX_COPIES);
	return STATUS_OK;
}

static enum status find_data(struct archive *a, const struct pickle_tensor *tensor,
                             const unsigned char **data, struct error *e)
{
	struct zip_archive_record *r = NULL;
	if (torch_dict_check(tensor, e) != STATUS_OK ||
	    find_storage(a, tensor->storage, &r, e) != STATUS_OK ||
	    count_bytes(a, tensor, e) != STATUS_OK ||
	    zip_archive_verify(&a->zip, r, e) != STATUS_OK)
		return e->status;
	*data = r->data + (size_t)tensor->offset * tensor_type_bytes(tensor->storage->type->type);
	return STATUS_OK;
}

/* By all threads: it takes as long as reading the file. A record whose checksum is wrong stays
 * unverified, which is an error once it is used. */
static void verify_records(void *context, size_t begin, size_t end)
{
	const struct zip_archive *zip = context;
	for (size_t i = begin; i < end; i++) {
		struct error ignored = {0};
		zip_archive_verify(zip, &zip->records[i], &ignored);
	}
}

/* Names in a pickle may be any bytes; tensors_add checks the rest. */
static enum status add_tensor(struct archive *a, const struct pickle_pair *pair, size_t prefix,
                              struct tensors *out, struct error *e)
{
	const struct pickle_tensor *tensor = pair->value.u.tensor;
	const unsigned char *data = NULL;
	const struct pickle_value *key = &pair->key;
	char name[MAX_NAME_BYTES];
	if (key->n >= sizeof(name) || memchr(key->u.text, '\0', key->n))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "tensor name of %u bytes is too long or contains a NUL byte",
		                 key->n);
	if (find_data(a, tensor, &data, e) != STATUS_OK)
		return error_prefix(e, "tensor %.*s: ", shown(key), key->u.text);
	memcpy(name, key->u.text + prefix, key->n - prefix);
	name[key->n - prefix] = '\0';
	return tensors_add(out, name, tensor->storage->type->type, tensor->rank, tensor->shape,
	                   data, e);
}

static enum status take_tensors(struct archive *a, const struct pickle_value *value,
                                struct tensors *out, struct error *e)
{
	const struct pickle_dict *dict = NULL;
	if (torch_dict_find(value, &dict, e) != STATUS_OK)
		return e->status;
	threads_for(a->zip.nrecords, 1, verify_records, &a->zip);
	size_t prefix = torch_dict_prefix(dict);
	for (const struct pickle_pair *p = dict->first; p; p = p->next) {
		if (add_tensor(a, p, prefix, out, e) != STATUS_OK)
			return e->status;
	}
	return tensors_note(out, "origin", "PyTorch state dict", e);
}

static enum status take_pickle(struct archive *a, struct tensors *out, struct error *e)
{
	struct pickle pickle = {0};
	if (a->pkl->size > MAX_PICKLE_BYTES)
		return error_set(e, STATUS_UNSUPPORTED, "the pickle is longer than %d bytes",
		                 MAX_PICKLE_BYTES);
	if (zip_archive_verify(&a->zip, a->pkl, e) == STATUS_OK &&
	    pickle_load(a->pkl->data, a->pkl->size, &pickle, e) == STATUS_OK)
		take_tensors(a, &pickle.value, out, e);
	pickle_release(&pickle);
	return e->status;
}

enum status torch_file_parse(const unsigned char *data, size_t size, struct tensors *out,
                             struct error *e)
{
	struct archive a = {.size = size};
	if (zip_archive_open(data, size, false, &a.zip, e) == STATUS_OK &&
	    find_pickle(&a, e) == STATUS_OK && check_kind(&a, e) == STATUS_OK)
		take_pickle(&a, out, e);
	zip_archive_release(&a.zip);
	return e->status;
}
