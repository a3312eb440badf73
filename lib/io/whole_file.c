/* Whole files in memory: mapped if possible, read otherwise. */
#define _DEFAULT_SOURCE /* madvise */
#include "io/whole_file.h"

#include "io/input.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void release_mapped(void *data, size_t size)
{
	munmap(data, size);
}

/* Pages that are mapped from a file can be read from it again. */
static void forget_mapped(void *data, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), skip = -(uintptr_t)data % page;
	if (size > skip + page)
		(void)madvise((char *)data + skip, (size - skip) / page * page, MADV_DONTNEED);
}

static void release_allocated(void *data, size_t size)
{
	(void)size;
	free(data);
}

/* False if the file has to be read: a pipe, a device, a file that is partly read or empty. */
static bool map(int fd, struct whole_file *b)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
	    (uintmax_t)st.st_size > SIZE_MAX / 2 || lseek(fd, 0, SEEK_CUR) != 0)
		return false;
	void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return false;
	*b = (struct whole_file){data, (size_t)st.st_size, release_mapped, forget_mapped};
	return true;
}

static enum status grow(struct whole_file *b, size_t *capacity, struct error *e)
{
	size_t wanted = *capacity ? 2 * *capacity : 1 << 16;
	unsigned char *data = wanted > SIZE_MAX / 2 ? NULL : realloc(b->data, wanted);
	if (!data)
		return error_memory(e);
	*b = (struct whole_file){data, b->size, release_allocated, NULL};
	*capacity = wanted;
	return STATUS_OK;
}

static enum status read_all(int fd, whole_file_check *check, struct whole_file *b, struct error *e)
{
	size_t capacity = 0, got = 1;
	bool checked = false;
	while (got > 0) {
		if (b->size == capacity && grow(b, &capacity, e) != STATUS_OK)
			return e->status;
		if (input_read(fd, NULL, b->data + b->size, capacity - b->size, &got, e) !=
		    STATUS_OK)
			return e->status;
		b->size += got;
		if (!checked && (b->size >= WHOLE_FILE_HEAD_BYTES || got == 0)) {
			if (check(b->data, b->size, e) != STATUS_OK)
				return e->status;
			checked = true;
		}
	}
	return STATUS_OK;
}

enum status whole_file_read(int fd, whole_file_check *check, struct whole_file *out,
                            struct error *e)
{
	struct whole_file made = {0};
	if (map(fd, &made))
		check(made.data, made.size, e);
	else
		read_all(fd, check, &made, e);
	if (e->status == STATUS_OK)
		*out = made;
	else
		whole_file_release(&made);
	return e->status;
}

void whole_file_release(struct whole_file *b)
{
	if (b->release)
		b->release(b->data, b->size);
	*b = (struct whole_file){0};
}

/* Whole pages, also of the bytes before and behind. */
static void advise(const struct whole_file *b, size_t begin, size_t end, int advice)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), before = begin % page;
	if (b->release == release_mapped && end > begin)
		(void)madvise(b->data + begin - before, end - begin + before, advice);
}

void whole_file_expect(const struct whole_file *b, size_t begin, size_t end)
{
	advise(b, begin, end, MADV_WILLNEED);
}

void whole_file_leave(const struct whole_file *b, size_t begin, size_t end)
{
	advise(b, begin, end, MADV_DONTNEED);
}

void whole_file_at_random(const struct whole_file *b, bool random)
{
	advise(b, 0, b->size, random ? MADV_RANDOM : MADV_NORMAL);
}
