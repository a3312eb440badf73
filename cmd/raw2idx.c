/* raw2idx: raw records to an IDX file. */
#include "cli.h"
#include "idx.h"
#include "num.h"
#include "stream.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH_BYTES = 1 << 16, MAX_RANK = 255 };

static const struct cli cli = {
    "raw2idx",
    "usage: raw2idx -d SIZExSIZE... | -1 [-t u8|f32|f64] [file]\n"
    "Write raw records as an IDX file.\n"
    "\n"
    "  -d, --dims SIZExSIZE...  dimensions of a record, such as 28x28\n"
    "  -1, --scalars            a record is one number, as in label files: rank 1\n"
    "  -t, --type TYPE          element type of input and output: u8, f32 (default), f64\n"
    "  -h, --help               print this help\n"
    "  -V, --version            print the version\n"};

struct options {
	enum element type;
	unsigned rank;           /* of the file; 0: not yet known */
	uint32_t dims[MAX_RANK]; /* of the file; dims[0], the number of records, comes last */
	size_t elements;         /* of a record */
	const char *file;
};

static void parse_shape(int option, const char *arg, struct options *o)
{
	unsigned rank = 0;
	if (o->rank > 0)
		cli_usage("one of -d and -1, once");
	o->elements = option == 'd' ? cli_dims("-d", arg, MAX_RANK - 1, o->dims + 1, &rank) : 1;
	o->rank = rank + 1;
}

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"dims", required_argument, NULL, 'd'},
					      {"scalars", no_argument, NULL, '1'},
					      {"type", required_argument, NULL, 't'},
					      CLI_OPTIONS};
	*o = (struct options){.type = ELEMENT_F32};
	for (int c; (c = getopt_long(argc, argv, "d:1t:hV", table, NULL)) != -1;) {
		switch (c) {
		case 'd':
		case '1':
			parse_shape(c, optarg, o);
			break;
		case 't':
			o->type = cli_element("-t", optarg);
			break;
		default:
			cli_option(c);
		}
	}
	if (o->rank == 0)
		cli_usage("-d or -1 is needed");
	o->file = cli_operand(argc, argv);
}

/* Where the file is put together: a regular standard output itself, from offset *start on, since
 * its header can be completed at the end; otherwise an anonymous temporary file. */
static enum status open_body(FILE **body, off_t *start, struct error *e)
{
	struct stat st;
	int flags = fcntl(STDOUT_FILENO, F_GETFL);
	bool regular = fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode);
	*start = regular && !(flags & O_APPEND) ? lseek(STDOUT_FILENO, 0, SEEK_CUR) : -1;
	*body = stdout;
	if (*start >= 0)
		return STATUS_OK;
	*start = 0;
	*body = tmpfile();
	return *body ? STATUS_OK : error_system(e, "cannot make a temporary file");
}

/* Writes one record, a piece at a time. Losses show when the body is flushed. */
static void write_record(const struct options *o, const unsigned char *record, FILE *body)
{
	unsigned char out[1 << 13];
	size_t bytes = element_bytes(o->type), piece = sizeof(out) / bytes;
	for (size_t i = 0; i < o->elements; i += piece) {
		size_t n = o->elements - i < piece ? o->elements - i : piece;
		element_raw_to_big_endian(o->type, record + i * bytes, n, out);
		fwrite(out, bytes, n, body);
	}
}

/* Counts the records into dims[0]; after an error, those before it. */
static enum status write_records(struct records *r, struct options *o, FILE *body, struct error *e)
{
	const unsigned char *batch;
	size_t n = 1;
	while (n > 0 && !ferror(body) && records_next(r, &batch, &n, e) == STATUS_OK) {
		size_t fits = n < UINT32_MAX - o->dims[0] ? n : UINT32_MAX - o->dims[0];
		for (size_t i = 0; i < fits; i++)
			write_record(o, batch + i * r->record_bytes, body);
		o->dims[0] += (uint32_t)fits;
		if (fits < n)
			return error_set(e, STATUS_UNSUPPORTED,
					 "more than the %lu records that an IDX file can count",
					 (unsigned long)UINT32_MAX);
	}
	return e->status;
}

/* Puts the number of records into the header that stands at start. */
static enum status complete(FILE *body, off_t start, uint32_t nrecords, struct error *e)
{
	unsigned char count[4];
	ssize_t put = 0;
	num_put_be32(count, nrecords);
	bool good = fflush(body) == 0 && !ferror(body);
	for (size_t done = 0; good && done < sizeof(count); done += (size_t)put) {
		put = pwrite(fileno(body), count + done, sizeof(count) - done,
		             start + 4 + (off_t)done);
		good = put > 0;
	}
	if (!good)
		return error_system(e, "cannot write the %s",
				    body == stdout ? "output" : "temporary file");
	return STATUS_OK;
}

static enum status copy_out(FILE *spool, struct error *e)
{
	char data[1 << 14];
	size_t n;
	rewind(spool);
	while ((n = fread(data, 1, sizeof(data), spool)) > 0 && !ferror(stdout))
		fwrite(data, 1, n, stdout);
	return ferror(spool) ? error_system(e, "cannot read the temporary file") : STATUS_OK;
}

static enum status convert(int fd, struct options *o, FILE *body, off_t start, struct error *e)
{
	struct records records = {0};
	struct error writing = {0};
	unsigned char header[4 + 4 * MAX_RANK] = {0};
	size_t record_bytes = o->elements * element_bytes(o->type);
	if (records_init(&records, fd, NULL, record_bytes, BATCH_BYTES / record_bytes + 1, e) !=
	    STATUS_OK)
		return e->status;
	size_t header_bytes = idx_header(o->type, o->rank, o->dims, header);
	fwrite(header, 1, header_bytes, body);
	write_records(&records, o, body, e);
	if (complete(body, start, o->dims[0], &writing) == STATUS_OK && body != stdout)
		copy_out(body, &writing);
	if (writing.status != STATUS_OK)
		error_set(e, writing.status, "%s", writing.text);
	records_release(&records);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	FILE *body = NULL;
	off_t start;
	int fd = -1, status = EXIT_OK;
	cli_start(&cli, argv);
	parse_options(argc, argv, &o);
	if (open_body(&body, &start, &e) != STATUS_OK)
		status = cli_fail(NULL, &e);
	else {
		enum status opened = stream_open(o.file, &fd, &e);
		cli_confine(SANDBOX_CLOSED);
		if (opened != STATUS_OK || convert(fd, &o, body, start, &e) != STATUS_OK)
			status = cli_fail(o.file, &e);
	}
	if (body && body != stdout)
		fclose(body);
	if (fd > 0)
		close(fd);
	return cli_finish(status);
}
