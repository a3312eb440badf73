/* nicedrift --state: what was watched so far is read from a file, and saved to it. */
#include "nicedrift.h"

#include "cli.h"
#include "io/input.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { PATIENCE_MS = 2000 };

int state_prepare(struct run *r)
{
	struct error e = {0};
	if (!r->o->state)
		return EXIT_OK;
	if (output_prepare(&r->output, r->o->state, &e) == STATUS_OK && !r->output.path)
		error_set(&e, STATUS_UNSUPPORTED, "a state must be a regular file");
	return e.status == STATUS_OK ? EXIT_OK : cli_fail_output(r->o->state, &e);
}

/* The state read replaces that of the command line; its scores include the calibration's. */
static void adopt(struct run *r, struct drift_state *read)
{
	struct sample values = read->values;
	read->values = (struct sample){0};
	r->state = *read;
	if (r->state.input != DRIFT_SCORES)
		return;
	growing_sample_release(&r->sample);
	growing_sample_start(&r->sample, &values);
}

int state_resume(struct run *r)
{
	struct error e = {0};
	struct drift_state read = {0};
	int fd = -1;
	if (!r->o->state || (access(r->output.path, F_OK) != 0 && errno == ENOENT))
		return EXIT_OK;
	if (input_open(r->output.path, &fd, &e) == STATUS_OK &&
	    drift_state_read(&read, fd, &e) == STATUS_OK &&
	    drift_state_check(&read, &r->state, &e) == STATUS_OK)
		adopt(r, &read);
	drift_state_release(&read);
	r->first = r->state.martingale.n;
	return cli_close_input(r->o->state, fd, &e);
}

static int save(struct run *r)
{
	struct error e = {0};
	if (output_open(&r->output, &e) == STATUS_OK) {
		drift_state_write(&r->state, growing_sample_sorted(&r->sample), r->output.f);
		output_commit(&r->output, &e);
	}
	return e.status == STATUS_OK ? EXIT_OK : cli_fail_output(r->o->state, &e);
}

/* All numbers that a state counts have been answered: it is not saved if the answers do not get
 * out, or nobody reads them. */
static void flush_and_save(void *arg)
{
	struct pollfd out = {STDOUT_FILENO, POLLOUT, 0};
	if (poll(&out, 1, PATIENCE_MS) > 0 && fflush(stdout) == 0)
		save(arg);
}

int state_guard(struct run *r)
{
	struct error e = {0};
	if (r->o->state && ending_start(&r->ending, flush_and_save, r, &e) != STATUS_OK)
		return cli_fail(NULL, &e);
	return EXIT_OK;
}

void state_lock(struct run *r)
{
	if (r->o->state)
		ending_lock(&r->ending);
}

void state_unlock(struct run *r)
{
	if (r->o->state)
		ending_unlock(&r->ending);
}

int state_end(struct run *r, bool right)
{
	int status = EXIT_OK;
	if (!r->o->state)
		return status;
	state_lock(r);
	ending_finish(&r->ending); /* a signal waits for this, however long it takes */
	if (right)
		status = save(r);
	state_unlock(r);
	return status;
}

void state_release(struct run *r)
{
	output_release(&r->output);
}
