/* Whole files in memory: mapped if possible and wanted, read otherwise. */
#define _DEFAULT_SOURCE /* madvise */
#include "io/whole_file.h"

#include "io/input.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HUGE_PAGE = 2 << 20 };

static void release_mapped(void *data, size_t size)
{
	munmap(data, size);
}

/* Of the whole pages that lie inside. */
static void advise_inside(void *data, size_t size, size_t page, int advice)
{
	size_t skip = -(uintptr_t)data % page;
	if (size >= skip + page)
		(void)madvise((char *)data + skip, (size - skip) / page * page, advice);
}

/* All at once: where one page after the other is asked for, that can take longer than the reading.
 */
static void populate_mapped(void *data, size_t size)
{
#ifdef MADV_POPULATE_READ
	advise_inside(data, size, (size_t)sysconf(_SC_PAGESIZE), MADV_POPULATE_READ);
#else
	(void)data, (void)size;
#endif
}

/* Pages that are mapped from a file can be read from it again. */
static void forget_mapped(void *data, size_t size)
{
	advise_inside(data, size, (size_t)sysconf(_SC_PAGESIZE), MADV_DONTNEED);
}

static void release_allocated(void *data, size_t size)
{
	(void)size;
	free(data);
}

/* Of a regular file that is at its beginning; 0 for a pipe, a device, a file that is partly read or
 * empty. */
static size_t regular_size(int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
	    (uintmax_t)st.st_size > SIZE_MAX / 2 || lseek(fd, 0, SEEK_CUR) != 0)
		return 0;
	return (size_t)st.st_size;
}

/* False if the file has to be read. */
static bool map(int fd, struct whole_file *b)
{
	size_t size = regular_size(fd);
	void *data = size > 0 ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	if (data == MAP_FAILED)
		return false;
	*b = (struct whole_file){data, size, release_mapped, populate_mapped, forget_mapped};
	return true;
}

/* Room for a file whose size is known, and for a byte that shows its end; if it is there. In large
 * pages: each page costs a fault. */
static void reserve(int fd, struct whole_file *b, size_t *capacity)
{
	size_t size = regular_size(fd);
	unsigned char *data = size > 0 ? malloc(size + 1) : NULL;
	if (data) {
#ifdef MADV_HUGEPAGE
		advise_inside(data, size + 1, HUGE_PAGE, MADV_HUGEPAGE);
#endif
		*b = (struct whole_file){data, 0, release_allocated, NULL, NULL};
		*capacity = size + 1;
	}
}

enum { FIRST_BYTES = 1 << 16 }; /* that are read before the check */

static enum status grow(struct whole_file *b, size_t *capacity, struct error *e)
{
	size_t wanted = *capacity ? 2 * *capacity : FIRST_BYTES;
	unsigned char *data = wanted > SIZE_MAX / 2 ? NULL : realloc(b->data, wanted);
	if (!data)
		return error_memory(e);
	*b = (struct whole_file){data, b->size, release_allocated, NULL, NULL};
	*capacity = wanted;
	return STATUS_OK;
}

static enum status read_all(int fd, whole_file_check *check, struct whole_file *b, struct error *e)
{
	size_t capacity = 0, got = 1;
	bool checked = false;
	reserve(fd, b, &capacity);
	while (got > 0) {
		if (b->size == capacity && grow(b, &capacity, e) != STATUS_OK)
			return e->status;
		size_t room = capacity - b->size;
		if (!checked && room > FIRST_BYTES)
			room = FIRST_BYTES;
		if (input_read(fd, NULL, b->data + b->size, room, &got, e) != STATUS_OK)
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

enum status whole_file_read(int fd, enum whole_file_way way, whole_file_check *check,
                            struct whole_file *out, struct error *e)
{
	struct whole_file made = {0};
	if (way == WHOLE_FILE_MAP && map(fd, &made))
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
