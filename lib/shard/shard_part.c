/* Shards of a list of files: whose records they are, and where these begin. */
#include "shard/shard_part.h"

#include "io/content.h"
#include "io/input.h"
#include "io/record_stream.h"

#include <assert.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the open file is, by its first bytes. */
static enum status check_content(int fd, struct error *e)
{
	unsigned char head[CONTENT_HEAD_BYTES];
	size_t n = 0, got = 1;
	bool partial;
	while (n < sizeof(head) && got > 0 &&
	       input_read(fd, NULL, head + n, sizeof(head) - n, &got, e) == STATUS_OK)
		n += got;
	return e->status == STATUS_OK ? content_check(head, n, true, &partial, e) : e->status;
}

static enum status count_records(int fd, size_t record_bytes, bool any_content, uint64_t *n,
                                 struct error *e)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return error_system(e, "cannot read");
	if (fd == STDIN_FILENO || !S_ISREG(st.st_mode))
		return error_set(e, STATUS_UNSUPPORTED,
		                 "shards are of regular files; write the records to one first");
	if (st.st_size > 0 && !any_content && check_content(fd, e) != STATUS_OK)
		return e->status;
	uint64_t size = (uint64_t)st.st_size, whole = size / record_bytes;
	if (size % record_bytes > 0)
		return error_set(e, STATUS_TRUNCATED,
		                 "record %llu (byte %llu): unexpected end of input after %llu of "
		                 "%zu bytes",
		                 (unsigned long long)whole,
		                 (unsigned long long)(whole * record_bytes),
		                 (unsigned long long)(size % record_bytes), record_bytes);
	*n = whole;
	return STATUS_OK;
}

/* Opens each file in turn. all: the records of all files; those of a file that record `first` is in
 * set the place. With first UINT64_MAX, none is. */
static enum status survey(struct input_list *files, size_t record_bytes, bool any_content,
                          struct shard_part *part, uint64_t first, uint64_t *all, struct error *e)
{
	uint64_t n = 0;
	*all = 0;
	while (files->nopened < files->n) {
		if (input_list_open_next(files, e) != STATUS_OK ||
		    count_records(files->fd, record_bytes, any_content, &n, e) != STATUS_OK)
			return e->status;
		if (first >= *all && first - *all < n) {
			part->file = files->nopened - 1;
			part->skipped = first - *all;
		}
		*all += n;
	}
	input_list_close(files);
	files->nopened = 0;
	return STATUS_OK;
}

enum status shard_part_find(const struct shard *s, struct input_list *files, size_t record_bytes,
                            bool any_content, struct shard_part *part, struct error *e)
{
	uint64_t all, again;
	struct shard_part found = {0};
	assert(s->index >= 1 && s->index <= s->count);
	if (survey(files, record_bytes, any_content, &found, UINT64_MAX, &all, e) != STATUS_OK)
		return e->status;
	found.first = shard_bound(s, s->index - 1, all);
	found.n = shard_bound(s, s->index, all) - found.first;
	if (survey(files, record_bytes, true, &found, found.first, &again, e) != STATUS_OK)
		return e->status;
	if (again != all)
		return error_set(e, STATUS_MISMATCH, "the files change while they are read");
	*part = found;
	return STATUS_OK;
}

enum status shard_part_open(const struct shard_part *part, struct input_list *files,
                            size_t record_bytes, struct error *e)
{
	files->nopened = part->file;
	if (input_list_open_next(files, e) == STATUS_OK &&
	    lseek(files->fd, (off_t)(part->skipped * record_bytes), SEEK_SET) < 0)
		error_system(e, "cannot seek");
	return e->status;
}

void shard_part_limit(const struct shard_part *part, struct record_stream *r)
{
	r->nleft = part->n;
	r->nearlier = 0 - part->skipped; /* so that nrecords - nearlier is the index in the file */
	r->judged = part->skipped > 0;   /* these are not the first bytes */
}
