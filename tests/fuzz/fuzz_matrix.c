/* Payoff matrices (game/matrix.h) and, of small ones, solutions that must be solutions. */
#include "fuzz.h"
#include "game/matrix.h"
#include "game/solution.h"

#include <string.h>
#include <unistd.h>

struct reading {
	struct lines in;
	struct bytes out; /* the entries that were read, or nothing */
	bool solve;
	struct error e;
};

/* The first line of text as a strategy: weights that are not negative and sum to 1, or an error. */
static void read_strategy(const uint8_t *data, size_t size)
{
	struct error e = {0};
	mpq_t *weights, sum;
	size_t n;
	char *text = bignum_array(size + 1, 1);
	memcpy(text, data, size);
	text[size] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (matrix_read_strategy(text, &weights, &n, &e) == STATUS_OK) {
		mpq_init(sum);
		for (size_t i = 0; i < n; i++) {
			must(mpq_sgn(weights[i]) >= 0);
			mpq_add(sum, sum, weights[i]);
		}
		must(mpq_cmp_ui(sum, 1, 1) == 0);
	}
	fuzz_check_error(&e);
}

/* No row gains more than the value. */
static void must_hold(const struct matrix *m, const mpq_t *weights, const mpq_t value)
{
	mpq_t *payoffs = bignum_array(m->nrows, sizeof(*payoffs));
	solution_payoffs(m, weights, payoffs);
	for (size_t i = 0; i < m->nrows; i++)
		must(mpq_cmp(payoffs[i], value) <= 0);
}

/* The same game, as the columns' player sees it. */
static struct matrix turn(const struct matrix *m)
{
	struct matrix t = {m->ncolumns, m->nrows, NULL};
	t.entries = bignum_array(m->nrows * m->ncolumns, sizeof(*t.entries));
	for (size_t i = 0; i < t.nrows; i++)
		for (size_t j = 0; j < t.ncolumns; j++) {
			mpq_t *entry = &t.entries[i * t.ncolumns + j];
			mpq_init(*entry);
			mpq_neg(*entry, m->entries[j * m->ncolumns + i]);
		}
	return t;
}

static void must_be_solved(const struct matrix *m)
{
	struct solution s, other;
	struct error e = {0};
	struct matrix turned = turn(m);
	if (solution_find(m, &s, &e) != STATUS_OK)
		return;
	must(solution_find(&turned, &other, &e) == STATUS_OK);
	must_hold(m, s.columns.weights, s.value);
	mpq_neg(s.value, s.value);
	must_hold(&turned, s.rows.weights, s.value);
	must(mpq_equal(s.value, other.value));
	must(s.rows.unique == other.columns.unique && s.columns.unique == other.rows.unique);
}

static void read_matrix(void *arg)
{
	struct reading *r = arg;
	struct matrix m;
	if (matrix_read(&m, &r->in, &r->e) != STATUS_OK)
		return;
	must(m.nrows > 0 && m.ncolumns > 0);
	for (size_t i = 0; i < m.nrows * m.ncolumns; i++)
		mpz_out_raw(r->out.f, mpq_numref(m.entries[i])),
		    mpz_out_raw(r->out.f, mpq_denref(m.entries[i]));
	if (r->solve && m.nrows * m.ncolumns <= 64)
		must_be_solved(&m);
}

struct text {
	const uint8_t *data;
	size_t size;
};

static void try_strategy(void *arg)
{
	const struct text *t = arg;
	read_strategy(t->data, t->size);
}

static void read_all(const uint8_t *data, size_t size, enum arrival arrival, struct reading *r)
{
	int fd = fuzz_open(data, size, arrival);
	bytes_begin(&r->out);
	must(lines_init(&r->in, fd, &r->e) == STATUS_OK);
	bignum_run(read_matrix, r, &r->e);
	lines_release(&r->in);
	bytes_end(&r->out);
	close(fd);
	fuzz_check_error(&r->e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading first = {.solve = true};
	struct text text = {data, size};
	struct error e = {0};
	read_all(data, size, AT_ONCE, &first);
	for (enum arrival a = BYTE_BY_BYTE; a < ARRIVALS; a++) {
		struct reading other = {.solve = false};
		if (!fuzz_worthwhile(a, size))
			continue;
		read_all(data, size, a, &other);
		must(fuzz_same_error(&first.e, &other.e));
		must(bytes_same(&first.out, other.out.data, other.out.size));
		bytes_release(&other.out);
	}
	bytes_release(&first.out);
	must(bignum_run(try_strategy, &text, &e) == STATUS_OK);
	return 0;
}
