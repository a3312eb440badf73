/* Arrays in .npz files. */
#include "numpy/npz.h"

#include "archive/gzip.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char magic[4] = "PK\3\4", suffix[] = ".npy", npz_suffix[] = ".npz:";
enum { SUFFIX_BYTES = sizeof(suffix) - 1, MAX_LIST_BYTES = 1000 };

bool npz_recognise(int fd)
{
	char head[sizeof(magic)];
	off_t at = lseek(fd, 0, SEEK_CUR);
	return at >= 0 && pread(fd, head, sizeof(head), at) == sizeof(head) &&
	       memcmp(head, magic, sizeof(magic)) == 0;
}

bool npz_split(const char *operand, char *file, size_t n, const char **array)
{
	const char *colon = NULL;
	for (const char *p = operand; (p = strstr(p, npz_suffix)); p++)
		colon = p + sizeof(npz_suffix) - 2;
	if (!colon || (size_t)(colon - operand) >= n)
		return false;
	memcpy(file, operand, (size_t)(colon - operand));
	file[colon - operand] = '\0';
	*array = colon + 1;
	return true;
}

static enum status check_magic(const unsigned char *head, size_t n, struct error *e)
{
	if (n < sizeof(magic) || memcmp(head, magic, sizeof(magic)) != 0)
		return error_set(e, STATUS_MALFORMED, "not a zip archive, as .npz files are");
	return STATUS_OK;
}

enum status npz_open(struct npz *z, int fd, struct error *e)
{
	struct npz made = {0};
	if (whole_file_read(fd, WHOLE_FILE_MAP, check_magic, &made.file, e) == STATUS_OK &&
	    zip_archive_open(made.file.data, made.file.size, true, &made.zip, e) == STATUS_OK)
		*z = made;
	else
		whole_file_release(&made.file);
	return e->status;
}

void npz_release(struct npz *z)
{
	zip_archive_release(&z->zip);
	whole_file_release(&z->file);
	*z = (struct npz){0};
}

static bool is_array(const struct zip_archive_record *r)
{
	return r->name_bytes >= SUFFIX_BYTES &&
	       memcmp(r->name + r->name_bytes - SUFFIX_BYTES, suffix, SUFFIX_BYTES) == 0;
}

/* "a, b, c"; with ", ..." if there are too many to be shown. */
static void list_arrays(const struct npz *z, char list[MAX_LIST_BYTES])
{
	size_t used = 0;
	list[0] = '\0';
	for (size_t i = 0; i < z->zip.nrecords; i++) {
		const struct zip_archive_record *r = &z->zip.records[i];
		if (!is_array(r))
			continue;
		size_t n = r->name_bytes - SUFFIX_BYTES;
		if (used + n > MAX_LIST_BYTES - 10) {
			snprintf(list + used, MAX_LIST_BYTES - used, ", ...");
			return;
		}
		used += (size_t)snprintf(list + used, MAX_LIST_BYTES - used, "%s%.*s",
		                         used ? ", " : "", (int)n, r->name);
	}
}

static enum status find_only(const struct npz *z, const struct zip_archive_record **found,
                             struct error *e)
{
	size_t narrays = 0;
	char list[MAX_LIST_BYTES];
	for (size_t i = 0; i < z->zip.nrecords; i++) {
		if (is_array(&z->zip.records[i])) {
			*found = &z->zip.records[i];
			narrays++;
		}
	}
	if (narrays == 1)
		return STATUS_OK;
	if (narrays == 0)
		return error_set(e, STATUS_UNSUPPORTED, "a zip archive without NumPy arrays");
	list_arrays(z, list);
	return error_set(e, STATUS_UNSUPPORTED,
	                 "%zu arrays: choose one by FILE.npz:ARRAY; there are %s", narrays, list);
}

static enum status find_named(const struct npz *z, const char *array,
                              const struct zip_archive_record **found, struct error *e)
{
	char name[1100], list[MAX_LIST_BYTES];
	int n = snprintf(name, sizeof(name), "%s%s", array, suffix);
	if (n > 0 && (size_t)n < sizeof(name))
		*found = zip_archive_find(&z->zip, name, (size_t)n);
	if (!*found)
		*found = zip_archive_find(&z->zip, array, strlen(array));
	if (*found)
		return STATUS_OK;
	list_arrays(z, list);
	return error_set(e, STATUS_MISMATCH, "no array '%s'; there are %s", array,
	                 list[0] ? list : "none");
}

enum status npz_find(const struct npz *z, const char *array, struct gzip **out, struct error *e)
{
	const struct zip_archive_record *found = NULL;
	if ((array ? find_named(z, array, &found, e) : find_only(z, &found, e)) != STATUS_OK)
		return e->status;
	return gzip_open_record(found, out, e);
}
