/* npy2raw: NumPy files to raw records. */
#include "archive/gzip.h"
#include "cli.h"
#include "io/input.h"
#include "numpy/npy.h"
#include "numpy/npy_element.h"
#include "numpy/npz.h"
#include "option.h"
#include "record/reader.h"

#include <stdio.h>
#include <string.h>

static const struct program program = {
    "npy2raw", "usage: npy2raw [-t u8|f32|f64] [-i] [file.npy | file.npz[:array]]\n",
    "Write the rows of a NumPy array as raw little-endian numbers."};

enum { NEAREST = -1, MAX_PATH_BYTES = 4096 };

struct options {
	int type; /* an enum element, or NEAREST */
	bool info;
	const char *operand, *file, *array; /* file: without the array's name; array: or NULL */
	char path[MAX_PATH_BYTES];
};

static const struct option_spec table[] = {
    {'t', "type", "TYPE", "element type of the output: u8, f32, f64 (default: the nearest)",
     OPTION_CHOICE(struct options, type, option_elements)},
    {'i', "info", NULL, "print type, dimensions, records, elements of a record",
     OPTION_FLAG(struct options, info)},
    {0}};

static void parse_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){.type = NEAREST};
	o->operand = cli_operand(argc, argv, option_parse(&program, table, argc, argv, o));
	o->file = npz_split(o->operand, o->path, sizeof(o->path), &o->array) ? o->path : o->operand;
	option_check_files(table, o, &o->file, 1);
}

/* The bytes of a .npy file, from a zip archive or not. */
static enum status open_source(int fd, const struct options *o, struct npz *archive,
                               struct gzip **source, struct error *e)
{
	if (!o->array && !npz_recognise(fd))
		return gzip_open(fd, stdout, source, e);
	if (npz_open(archive, fd, e) == STATUS_OK)
		npz_find(archive, o->array, source, e);
	return e->status;
}

static void print_info(const struct npy *x)
{
	printf("type\t%s\ndims\t", x->header.type.descr);
	for (unsigned i = 0; i < x->header.rank; i++)
		printf("%s%llu", i ? "x" : "", (unsigned long long)x->header.shape[i]);
	printf("\nrecords\t%llu\nrecord_elements\t%zu\n", (unsigned long long)x->nrecords,
	       x->record_elements);
}

static enum status write_records(struct npy *x, const struct options *o, struct error *e)
{
	struct reader reader = {0};
	const unsigned char *batch;
	size_t n = 1;
	bool nearest = o->type == NEAREST;
	enum element type = nearest ? npy_element_nearest(&x->header.type) : (enum element)o->type;
	if (npy_reader_open(&reader, x, type, nearest, e) != STATUS_OK)
		return e->status;
	while (n > 0 && !ferror(stdout) && reader_next(&reader, &batch, &n, e) == STATUS_OK)
		fwrite(batch, reader.record_bytes, n, stdout);
	reader_release(&reader);
	return e->status;
}

static enum status convert(int fd, const struct options *o, struct error *e)
{
	struct npz archive = {0};
	struct gzip *source = NULL;
	struct npy npy = {0};
	if (open_source(fd, o, &archive, &source, e) == STATUS_OK &&
	    npy_open(&npy, source, e) == STATUS_OK) {
		if (o->info)
			print_info(&npy);
		else
			write_records(&npy, o, e);
	}
	npy_release(&npy);
	npz_release(&archive);
	return e->status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct error e = {0};
	int fd = -1;
	cli_start(&program, argv);
	parse_options(argc, argv, &o);
	enum status opened = input_open(o.file, &fd, &e);
	cli_confine(SANDBOX_CLOSED);
	if (opened == STATUS_OK)
		convert(fd, &o, &e);
	return cli_finish(cli_close_input(o.operand, fd, &e));
}
