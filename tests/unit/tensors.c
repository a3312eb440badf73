/* Tensors: conversions of every element type, names, notes; and the writer where no reader of
 * ours could have made its input. */
#include "model/tensors.h"
#include "model/safetensors.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const unsigned char no_data[1];

static struct tensor one_dimension(enum tensor_type type, size_t n, const unsigned char *data)
{
	return (struct tensor){.type = type, .rank = 1, .shape = {n}, .nelements = n, .data = data};
}

/* IEEE 754-2019, 3.4, by ldexp: exponent field 0: 2^-14 * fraction; 31: infinity or NaN. */
static double half_by_definition(unsigned bits)
{
	unsigned exponent = bits >> 10 & 31, fraction = bits & 1023;
	double sign = bits >> 15 ? -1 : 1;
	if (exponent == 31)
		return fraction ? NAN : sign * INFINITY;
	if (exponent == 0)
		return sign * ldexp(fraction / 1024.0, -14);
	return sign * ldexp(1 + fraction / 1024.0, (int)exponent - 15);
}

static bool same_double(double a, double b)
{
	return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

static void all_halves(void)
{
	enum { N = 1 << 16 };
	unsigned char *raw = malloc(2 * N);
	float *floats = malloc(N * sizeof(*floats));
	double *doubles = malloc(N * sizeof(*doubles));
	unsigned wrong = 0;
	for (unsigned i = 0; i < N; i++) {
		raw[2 * i] = (unsigned char)i;
		raw[2 * i + 1] = (unsigned char)(i >> 8);
	}
	struct tensor t = one_dimension(TENSOR_F16, N, raw);
	tensor_to_float(&t, 0, N, floats);
	tensor_to_double(&t, 0, N, doubles);
	for (unsigned i = 0; i < N; i++)
		wrong += !same_double((double)floats[i], half_by_definition(i)) ||
		         !same_double(doubles[i], half_by_definition(i));
	ok(wrong == 0, "all 65536 F16 values: %u wrong", wrong);
	t.type = TENSOR_BF16;
	tensor_to_float(&t, 0, N, floats);
	wrong = 0;
	for (unsigned i = 0; i < N; i++) {
		uint32_t bits;
		memcpy(&bits, &floats[i], sizeof(bits));
		wrong += bits != (uint32_t)i << 16;
	}
	ok(wrong == 0, "all 65536 BF16 values: %u wrong", wrong);
	free(doubles);
	free(floats);
	free(raw);
}

static void unaligned_and_in_the_middle(void)
{
	/* 1, -2, 1 + 2^-23 as float; at an odd address */
	static const unsigned char f32[] = {9, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 1, 0, 0x80, 0x3f};
	/* pi, 1e300 as double */
	static const unsigned char f64[] = {9,    0x18, 0x2d, 0x44, 0x54, 0xfb, 0x21, 0x09, 0x40,
	                                    0x9c, 0x75, 0x00, 0x88, 0x3c, 0xe4, 0x37, 0x7e};
	float floats[2];
	double doubles[2];
	struct tensor t = one_dimension(TENSOR_F32, 3, f32 + 1);
	tensor_to_float(&t, 1, 2, floats);
	ok(floats[0] == -2 && floats[1] == 0x1.000002p0f, "F32 to float, from the second on");
	tensor_to_double(&t, 1, 2, doubles);
	ok(doubles[0] == -2 && doubles[1] == 0x1.000002p0, "F32 to double, from the second on");
	t = one_dimension(TENSOR_F64, 2, f64 + 1);
	tensor_to_double(&t, 0, 2, doubles);
	ok(doubles[0] == 0x1.921fb54442d18p1 && doubles[1] == 1e300, "F64 to double");
	tensor_to_float(&t, 0, 2, floats);
	ok(floats[0] == 0x1.921fb6p1f && isinf(floats[1]), "F64 to float, rounded to nearest");
}

static void names_and_notes(void)
{
	struct tensors t = {0};
	struct error e = {0};
	const uint64_t shape[TENSOR_MAX_RANK + 1] = {2, 3};
	const uint64_t huge[2] = {UINT64_C(1) << 40, UINT64_C(1) << 40};
	const uint64_t empty[3] = {0, UINT64_C(1) << 40, UINT64_C(1) << 40};
	tensors_add(&t, "b", TENSOR_F32, 2, shape, no_data, &e);
	tensors_add(&t, "a", TENSOR_F64, 0, shape, no_data, &e);
	tensors_add(&t, "empty", TENSOR_F64, 3, empty, no_data, &e);
	ok(e.status == STATUS_OK && t.nitems == 3 && strcmp(t.items[0].name, "b") == 0,
	   "tensors keep their order");
	ok(t.items[0].nelements == 6 && t.items[1].nelements == 1 && t.items[2].nelements == 0,
	   "elements: a matrix, a scalar, none");
	ok(tensors_find(&t, "a") == &t.items[1] && tensors_find(&t, "b") == &t.items[0] &&
	       !tensors_find(&t, "") && !tensors_find(&t, "c"),
	   "tensors are found by name");
	ok(tensors_add(&t, "a", TENSOR_F32, 2, shape, no_data, &e) == STATUS_MALFORMED,
	   "a name twice: %s", e.text);
	e = (struct error){0};
	ok(tensors_add(&t, "c", TENSOR_F32, 9, shape, no_data, &e) == STATUS_UNSUPPORTED,
	   "rank 9: %s", e.text);
	e = (struct error){0};
	ok(tensors_add(&t, "c", TENSOR_F32, 2, huge, no_data, &e) == STATUS_UNSUPPORTED &&
	       t.nitems == 3,
	   "2^80 elements: %s", e.text);
	e = (struct error){0};
	tensors_note(&t, "k", "1", &e);
	tensors_note(&t, "l", "2", &e);
	tensors_note(&t, "k", "3", &e);
	ok(e.status == STATUS_OK && t.nnotes == 2 && strcmp(tensors_find_note(&t, "k"), "3") == 0 &&
	       strcmp(tensors_find_note(&t, "l"), "2") == 0 && !tensors_find_note(&t, "m"),
	   "notes are set, replaced and found");
	tensors_release(&t);
	ok(t.nitems == 0 && !t.items && !t.notes, "released");
}

/* In the order that is the worst for the sorted index. Quadratic comparisons would take minutes;
 * 10 s of processor time leave room for sanitizers on a busy machine. */
static void many(void)
{
	enum { N = 1 << 16 };
	struct tensors t = {0};
	struct error e = {0};
	char name[1000];
	unsigned missed = 0;
	clock_t start = clock();
	memset(name, 'x', sizeof(name));
	for (int i = N; i-- > 0;) {
		snprintf(name + 900, 99, "%08d", i);
		tensors_add(&t, name, TENSOR_F32, 0, NULL, no_data, &e);
	}
	ok(e.status == STATUS_OK && t.nitems == N, "65536 tensors in reverse: %s", e.text);
	for (int i = 0; i < N; i += 97) {
		snprintf(name + 900, 99, "%08d", i);
		missed += tensors_find(&t, name) != &t.items[N - 1 - i];
	}
	ok(missed == 0, "all are found");
	ok(tensors_add(&t, "more", TENSOR_F32, 0, NULL, no_data, &e) == STATUS_UNSUPPORTED,
	   "one more: %s", e.text);
	tensors_release(&t);
	double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	ok(seconds < 10, "within 10 s");
}

static void writer_refuses(void)
{
	struct tensors t = {0};
	struct error e = {0};
	FILE *f = tmpfile();
	tensors_note(&t, "k", "\xff", &e);
	ok(f && safetensors_write(&t, f, &e) == STATUS_MALFORMED && ftell(f) == 0,
	   "a note that is not UTF-8 is not written: %s", e.text);
	if (f)
		fclose(f);
	tensors_release(&t);
}

int main(void)
{
	all_halves();
	unaligned_and_in_the_middle();
	names_and_notes();
	many();
	writer_refuses();
	return tap_end();
}
