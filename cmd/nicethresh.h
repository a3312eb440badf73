/* The parts of nicethresh: its options, the decisions, and their report. */
#ifndef NICETHRESH_H
#define NICETHRESH_H

#include "base/error.h"
#include "cli.h"
#include "io/input.h"
#include "io/whole_file.h"
#include "linear/precision.h"
#include "shard/shard.h"
#include "state/counts.h"
#include "stats/sample.h"
#include "table/csv.h"
#include "verdict/detector.h"
#include "verdict/labels.h"

#include <stdbool.h>
#include <stdint.h>

enum expectation { EXPECT_NOTHING, EXPECT_NORMAL, EXPECT_ANOMALOUS };

struct options {
	struct calibration bounds; /* of -t, NaN if it is not given, and -u */
	double alpha, fdr;         /* 0: not asked for */
	size_t window;             /* numbers that fdr decides on together; 0: all */
	bool two_sided;
	enum expectation expect;
	bool binary, indices, exit_code, state, merge;
	struct shard shard; /* that the numbers are; count 0: not told */
	bool mixed;         /* draw between the two thresholds of the calibration, with this seed */
	uint64_t seed, first;
	const char *calibration, *scores, *labels;
	struct input_list *files;
	const char *model; /* what scored the numbers; NULL: not told */
	enum whole_file_way way;
	enum precision precision;
	const char *paste; /* the table whose rows the numbers are of; NULL: none */
	char separator;
	bool no_header;
	enum { ONLY_ALL, ONLY_ANOMALIES } only;
};

/* The table of --paste. */
struct paste {
	struct csv csv;
	int fd;
};

struct run {
	const struct options *o;
	struct detector detector;
	struct labels labels;
	struct paste paste;
	struct sample held;   /* numbers that wait for others */
	struct counts counts; /* nan, and where the kind of the data is known, the others */
	uint64_t n, anomalies;
	struct error e;
	const char *culprit; /* the file that e is about */
};

/* ---- nicethresh_options.c ---- */

extern const struct program nicethresh_program;

/* Sets all of *o but o->files, which it fills. */
void options_parse(int argc, char **argv, struct options *o);

/* Usage errors of options that do not go together (nicethresh_checks.c). */
void options_check(const struct options *o);

/* Whether the data are known to be normal or anomalous. */
static inline bool options_expect(const struct options *o)
{
	return o->labels || o->expect != EXPECT_NOTHING;
}

/* ---- nicethresh_detector.c ---- */

/* Reads the calibration and the scores that the options name; reports a failure and returns the
 * status to end with. */
int detector_read(struct detector *d, const struct options *o);

/* ---- nicethresh_counts.c ---- */

/* What the counts are to be of: the kind of the data, and how is decided. */
void counts_begin(struct run *r);

/* Merges the states of all files; an error is left in r->e. */
void merge_all(struct run *r);

/* ---- nicethresh_decide.c ---- */

/* Decides on every number of the files, printing verdicts or indices; an error is left in r->e. */
void decide_all(struct run *r);

/* ---- nicethresh_report.c ---- */

/* Prints one number's verdict, and its p-value if that was asked for. */
void report_verdict(const struct run *r, double value, bool anomaly, uint64_t rank);

/* The same after the cells of a table: each of them after that byte, and no line end. */
void report_cells(const struct run *r, double value, bool anomaly, uint64_t rank, char separator);

/* Prints the errors of all numbers. */
void report_counts(const struct counts *c);

/* ---- nicethresh_paste.c; an error is left in r->e, and r->culprit is the table ---- */

/* Opens the table and prints its header, with the names of the new columns. */
void paste_open(struct run *r);
void paste_release(struct paste *p);

/* Prints the row of the next number; the end of the rows is an error. */
void paste_row(struct run *r, double value, bool anomaly, uint64_t rank);

/* Call after the last number: rows that are left are an error. */
void paste_finish(struct run *r);

#endif
