/* The table of nicetrain, one line an epoch, and its log. */
#include "nicetrain.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bits per dimension; for u8 of the discrete pixel: 255 levels to the unit. */
static double bits_per_dim(const struct trainer *t, double ll)
{
	double levels = t->train->type == ELEMENT_U8 ? log2(255) : 0;
	return levels - ll / ((double)t->train->d * log(2));
}

static void flush_log(struct table *table)
{
	if (fflush(table->log) != 0)
		error_system(&table->log_error, "cannot write");
}

void table_add_epoch(struct table *table, const struct trainer *t)
{
	uint64_t epoch_records = trainer_steps(t) * t->options.batch;
	uint64_t seen = (t->adam.step - table->first_step) * t->options.batch;
	double elapsed = progress_now() - table->start, rate = (double)seen / elapsed;
	double left = (double)((t->options.epochs - t->epoch) * epoch_records) / rate;
	double bits = bits_per_dim(t, t->last.mean);
	if (table->shown)
		fprintf(stderr,
		        "%6" PRIu64 " %10" PRIu64
		        " %8.0f %10.2f %10.2f %8.2f %8.2f %10.2f %6.3f %7.0f%s\n",
		        t->epoch, t->epoch * epoch_records, rate, t->last_train, t->last.mean,
		        t->last.stdev, t->last.skewness, t->last.min, bits, left,
		        t->best_epoch == t->epoch ? " *" : "");
	if (table->log) {
		fprintf(table->log,
		        "%" PRIu64 "\t%" PRIu64
		        "\t%.3f\t%.1f\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\n",
		        t->epoch, t->epoch * epoch_records, elapsed, rate, t->last_train,
		        t->last.mean, t->last.stdev, t->last.skewness, t->last.min, bits);
		flush_log(table);
	}
}

static void print_head(struct table *table, const struct trainer *t)
{
	char model[100];
	t->options.kind->describe(t->options.shape, model, sizeof(model));
	if (table->shown)
		fprintf(stderr,
		        "%zu training records, %zu held out, %zu parameters\n"
		        "%s, batch %zu, epochs %" PRIu64 "%s%s\n"
		        " epoch    records   rec/s    train LL held-out LL   stdev     skew        "
		        "min bits/d  s left\n",
		        t->ntrain, t->nvalid, t->nparameters, model, t->options.batch,
		        t->options.epochs, t->options.scale ? ", records scaled" : "",
		        isnan(t->options.noise) ? ", noise by element" : "");
	if (table->log && !table->has_header) {
		fputs(
		    "epoch\trecords\tseconds\trate\ttrain\theld_out\tstdev\tskewness\tmin\tbits\n",
		    table->log);
		flush_log(table);
	}
}

/* Cuts off an older log the lines after nepochs: those of epochs that were finished but not saved
 * before a kill come again. *kept: bytes that stay. */
static bool cut_log(FILE *log, uint64_t nepochs, long *kept)
{
	char line[400];
	*kept = 0;
	while (fgets(line, sizeof(line), log)) {
		bool whole = strchr(line, '\n') != NULL;
		if (!whole || (*kept > 0 && strtoull(line, NULL, 10) > nepochs))
			break;
		*kept = ftell(log);
	}
	return !ferror(log) && fseek(log, *kept, SEEK_SET) == 0 &&
	       ftruncate(fileno(log), *kept) == 0;
}

/* Only a regular file can be read again. */
static int open_log(struct table *table, const struct trainer *t, const struct options *o,
                    struct output *out)
{
	struct error e = {0};
	bool resumed = t->epoch > 0 && out->path;
	long kept = 0;
	if (output_open_in_place(out, resumed, &table->log, &e) == STATUS_OK && resumed &&
	    !cut_log(table->log, t->epoch, &kept))
		error_system(&e, "cannot continue");
	table->has_header = kept > 0;
	return e.status == STATUS_OK ? EXIT_OK : cli_fail_output(o->log, &e);
}

int table_open(struct table *table, const struct trainer *t, const struct options *o,
               struct output *log)
{
	*table = (struct table){.shown = o->progress != PROGRESS_NEVER,
	                        .start = progress_now(),
	                        .first_step = t->adam.step};
	int status = o->log ? open_log(table, t, o, log) : EXIT_OK;
	if (status == EXIT_OK)
		print_head(table, t);
	return status;
}

int table_close(struct table *table, const struct options *o)
{
	if (table->log && fclose(table->log) != 0)
		error_system(&table->log_error, "cannot write");
	if (table->log_error.status != STATUS_OK)
		return cli_fail_output(o->log, &table->log_error);
	return EXIT_OK;
}
