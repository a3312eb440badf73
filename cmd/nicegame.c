/* nicegame: solutions of zero-sum games, exact. */
#include "base/decimal.h"
#include "cli.h"
#include "game/fraction.h"
#include "game/solution.h"
#include "io/input.h"
#include "option.h"

#include <stdio.h>
#include <stdlib.h>

static const struct program program = {
    "nicegame", "usage: nicegame [--against STRATEGY] [file]\n",
    "Print the value and optimal strategies of a zero-sum game, exactly."};

struct options {
	const char *against; /* NULL: solve the game */
	const char *file;
};

/* A strategy as text, read before the matrix to see whether it is one. */
struct checked_strategy {
	const char *text;
	struct error e;
};

static void check_strategy(void *arg)
{
	struct checked_strategy *c = arg;
	mpq_t *weights;
	size_t n;
	matrix_read_strategy(c->text, &weights, &n, &c->e);
}

static void parse_against(const char *option, const char *arg, void *options)
{
	struct checked_strategy c = {.text = arg};
	bignum_run(check_strategy, &c, &c.e);
	if (c.e.status == STATUS_MEMORY)
		exit(cli_fail(NULL, &c.e));
	if (c.e.status != STATUS_OK)
		cli_usage("%s: '%.60s' is not a strategy: %s", option, arg, c.e.text);
	((struct options *)options)->against = arg;
}

static const struct option_spec table[] = {
    {0, "against", "STRATEGY", "print the best answers to this strategy of the column player",
     OPTION_CUSTOM(parse_against)},
    {0}};

/* A fraction and the double next to it. */
static void print_number(const mpq_t x)
{
	char text[DECIMAL_TEXT];
	decimal_format_double(fraction_to_double(x), text);
	fputs(mpq_get_str(NULL, 10, x), stdout);
	printf("\t%s\n", text);
}

static void print_support(const char *name, const struct strategy *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (mpq_sgn(s->weights[i]) == 0)
			continue;
		printf("%s\t%zu\t", name, i);
		print_number(s->weights[i]);
	}
}

static void print_solution(const struct matrix *m, struct error *e)
{
	struct solution s;
	if (solution_find(m, &s, e) != STATUS_OK)
		return;
	fputs("value\t", stdout);
	print_number(s.value);
	printf("rows\t%zu\t%s\n", s.rows.n, s.rows.unique ? "unique" : "not-unique");
	printf("columns\t%zu\t%s\n", s.columns.n, s.columns.unique ? "unique" : "not-unique");
	print_support("row", &s.rows);
	print_support("column", &s.columns);
}

static void print_answers(const struct matrix *m, const char *against, struct error *e)
{
	mpq_t *weights, *payoffs = bignum_array(m->nrows, sizeof(*payoffs));
	size_t n, best = 0;
	if (matrix_read_strategy(against, &weights, &n, e) != STATUS_OK)
		return;
	if (n != m->ncolumns) {
		error_set(e, STATUS_MISMATCH, "%zu columns, but --against has %zu numbers",
		          m->ncolumns, n);
		return;
	}
	solution_payoffs(m, weights, payoffs);
	for (size_t i = 1; i < m->nrows; i++)
		if (mpq_cmp(payoffs[i], payoffs[best]) > 0)
			best = i;
	fputs("value\t", stdout);
	print_number(payoffs[best]);
	for (size_t i = best; i < m->nrows; i++)
		if (mpq_equal(payoffs[i], payoffs[best]))
			printf("answer\t%zu\n", i);
}

struct job {
	const struct options *o;
	struct lines in;
	struct error e;
};

static void solve(void *arg)
{
	struct job *job = arg;
	struct matrix m;
	if (matrix_read(&m, &job->in, &job->e) != STATUS_OK)
		return;
	if (job->o->against)
		print_answers(&m, job->o->against, &job->e);
	else
		print_solution(&m, &job->e);
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct job job = {.o = &o};
	int fd = -1;
	cli_start(&program, argv);
	o.file = cli_operand(argc, argv, option_parse(&program, table, argc, argv, &o));
	option_check_files(table, &o, &o.file, 1);
	enum status opened = input_open(o.file, &fd, &job.e);
	cli_confine(SANDBOX_CLOSED);
	if (opened == STATUS_OK && lines_init(&job.in, fd, &job.e) == STATUS_OK)
		bignum_run(solve, &job, &job.e);
	lines_release(&job.in);
	return cli_finish(cli_close_input(o.file, fd, &job.e));
}
