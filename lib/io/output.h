/*
 * Files that a program writes by name. A regular or new file appears whole or not at all: it is
 * written to a temporary file beside it, synchronised and renamed. Anything else, such as a device
 * or a FIFO, is opened once and written to. Symbolic links are followed first.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/error.h"
#include "io/writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct output {
	char *path; /* where the file will be; NULL: no regular file, written to fd */
	int fd;     /* of an output that is no regular file */
	FILE *f;    /* to write to, while it is open */
	char *temporary;
	struct writer writer;
};

/* To be called before the work: resolves path ("-" is standard output) and checks that a file can
 * be created there; opens an output that is no regular file, which waits for the reader of a FIFO.
 * Fails if path is a directory or a file that is not writable, or if its directory is missing or
 * not writable. */
enum status output_prepare(struct output *o, const char *path, struct error *e);
void output_release(struct output *o);

enum { OUTPUT_HEAD_BYTES = 64 };

/* Fails if the file that is there, and that the output would replace, is neither empty nor one that
 * the program itself could have written: `ours` judges it by its first OUTPUT_HEAD_BYTES, or fewer
 * if it is shorter; `what` names what it should be. An output that is no regular file is fine. */
enum status output_check_replaced(const struct output *o,
                                  bool (*ours)(const unsigned char *head, size_t n),
                                  const char *what, struct error *e);

/* Creates the temporary file, with the permissions of the file it will replace, or those that
 * open(2) would give. Unless path is NULL, it may be called again after output_commit or
 * output_abandon. */
enum status output_open(struct output *o, struct error *e);

/* Renames the file to its place. On failure (a full disk is noticed here at the latest) the old
 * file is untouched and the new one removed. */
enum status output_commit(struct output *o, struct error *e);

/* Removes the file, unless it has been committed. */
void output_abandon(struct output *o);

/* Instead of these three, for a file that grows line by line and is useful at any moment; its
 * present content can be kept, and read if path is not NULL. The caller closes *f. */
enum status output_open_in_place(struct output *o, bool keep, FILE **f, struct error *e);

/* A file that a command line names. */
struct named_file {
	const char *option; /* its name in messages */
	const char *path;   /* NULL: not given; "-": a standard stream */
	bool written;
};

/* Two names, one of them written, of one file, whether it is there or not: their numbers in *a and
 * *b. A terminal or another device of characters, and a socket, may be used twice. */
bool output_shared(const struct named_file *files, size_t n, size_t *a, size_t *b);

#endif
