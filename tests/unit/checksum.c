/* The checksum of model files and checkpoints: no wrong bit gives another model. */
#include "base/crc.h"
#include "model/model_file.h"
#include "model/safetensors.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* RFC 1952, 8, bit by bit. */
static uint32_t crc_by_definition(const unsigned char *p, size_t n)
{
	uint32_t crc = UINT32_MAX;
	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

static void crc_of_all_lengths(void)
{
	struct crc_table table;
	unsigned char data[400]; /* several blocks of what is taken at once */
	unsigned wrong = 0;
	crc_table_init(&table);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * i + 37 * i + 11);
	for (size_t n = 0; n <= sizeof(data); n++) {
		size_t part = n / 3;
		uint32_t crc = crc_add(&table, 0, data, part);
		wrong += crc_add(&table, crc, data + part, n - part) != crc_by_definition(data, n);
	}
	ok(crc_add(&table, 0, "123456789", 9) == UINT32_C(0xcbf43926) && wrong == 0,
	   "CRC-32 in two parts: %u wrong", wrong);
}

static void fill(struct tensors *t, const unsigned char *data, struct error *e)
{
	const uint64_t shapes[] = {3, 2, 2, 3};
	tensors_note(t, "checkpoint", "nicetrain 1", e);
	tensors_note(t, "seed", "12", e);
	tensors_note(t, "state: sum", "-1234.5678", e);
	tensors_add(t, "weights.a", TENSOR_F32, 2, shapes, data, e);
	tensors_add(t, "weights.b", TENSOR_F32, 2, shapes + 2, data + 24, e);
	tensors_add(t, "m.a", TENSOR_F32, 1, shapes, data + 48, e);
}

static bool same(const struct tensors *t, const struct tensors *u)
{
	bool is_same = t->nitems == u->nitems;
	for (size_t i = 0; i < t->nnotes && is_same; i++) {
		const char *there = tensors_find_note(u, t->notes[i].key);
		is_same = there && strcmp(there, t->notes[i].value) == 0;
	}
	for (size_t i = 0; i < t->nitems && is_same; i++) {
		const struct tensor *a = &t->items[i], *b = &u->items[i];
		is_same = strcmp(a->name, b->name) == 0 && a->type == b->type &&
		          a->rank == b->rank &&
		          memcmp(a->shape, b->shape, a->rank * sizeof(*a->shape)) == 0 &&
		          memcmp(a->data, b->data, 4 * a->nelements) == 0;
	}
	return is_same;
}

/* 0: refused; 1: read as the same; 2: as another. */
static int read_back(FILE *f, const struct tensors *expected)
{
	struct tensors t = {0};
	struct error e = {0};
	int result = 0;
	lseek(fileno(f), 0, SEEK_SET);
	if (model_file_read(fileno(f), WHOLE_FILE_MAP, &t, &e) == STATUS_OK)
		result = same(expected, &t) ? 1 : 2;
	tensors_release(&t);
	return result;
}

/* 0x100 stands for the byte inverted. */
static void each_bit(void)
{
	unsigned char data[60];
	struct tensors t = {0};
	struct error e = {0};
	FILE *f = tmpfile();
	size_t counts[3] = {0};
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i + 1);
	fill(&t, data, &e);
	if (!f || safetensors_write(&t, f, &e) != STATUS_OK || fflush(f) != 0)
		exit(1);
	long n = ftell(f);
	ok(read_back(f, &t) == 1, "written and read: the same");
	for (long i = 0; i < n; i++) {
		unsigned char byte, wrong;
		if (pread(fileno(f), &byte, 1, i) != 1)
			exit(1);
		for (unsigned mask = 1; mask < 0x200; mask *= 2) {
			wrong = mask == 0x100 ? (unsigned char)~byte : (unsigned char)(byte ^ mask);
			if (pwrite(fileno(f), &wrong, 1, i) != 1)
				exit(1);
			counts[read_back(f, &t)]++;
		}
		if (pwrite(fileno(f), &byte, 1, i) != 1)
			exit(1);
	}
	ok(counts[2] == 0 && counts[0] > 8 * (size_t)n,
	   "each bit of %ld bytes: %zu refused, %zu the same, %zu others", n, counts[0], counts[1],
	   counts[2]);
	fclose(f);
	tensors_release(&t);
}

int main(void)
{
	crc_of_all_lengths();
	each_bit();
	return tap_end();
}
