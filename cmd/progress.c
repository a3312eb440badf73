/* The progress line. */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

double progress_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_start(struct progress *p, enum progress_wish wish, uint64_t total)
{
	bool shown = wish == PROGRESS_ALWAYS || (wish == PROGRESS_AUTO && isatty(STDERR_FILENO));
	*p = (struct progress){.shown = shown, .total = total, .start = progress_now()};
}

void progress_update(struct progress *p, uint64_t records)
{
	if (!p->shown)
		return;
	double time = progress_now(), elapsed = time - p->start;
	if (time - p->drawn < 0.2)
		return;
	p->drawn = time;
	double rate = elapsed > 0 ? (double)records / elapsed : 0;
	fprintf(stderr, "\r%llu records  %.0f/s", (unsigned long long)records, rate);
	if (p->total > 0 && records <= p->total && rate > 0)
		fprintf(stderr, "  %.0f %%  %.0f s left",
		        100.0 * (double)records / (double)p->total,
		        (double)(p->total - records) / rate);
	fputs("\033[K", stderr);
}

void progress_clear(struct progress *p)
{
	if (p->shown && p->drawn > 0)
		fputs("\r\033[K", stderr);
	p->drawn = 0;
}

void progress_end(struct progress *p)
{
	progress_clear(p);
	p->shown = false;
}
